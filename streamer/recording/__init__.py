"""What `streamer.records` is made of: the database, the CSV files, disk trouble in words."""
