"""What `streamer.track` is made of: following plates, voting over looks, comparing texts."""
