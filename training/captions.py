"""Small print on plates and their frames: names, slogans, dealers, and the words of vanity plates."""

from __future__ import annotations

from streamer.formats import FORMATS


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


STATES = tuple(known.name.split(" (")[0] for known in FORMATS.values() if known.code.startswith("US-"))
SLOGANS = _listed(
    "Sunshine State|The Golden State|Empire State|Garden State|Land of Lincoln|Lone Star State|"
    "First in Flight|Live Free or Die|Grand Canyon State|Evergreen State|Great Lakes|10,000 Lakes|"
    "Vacationland|In God We Trust|Birthplace of Aviation|Peach State|Wild Wonderful|Famous Potatoes|"
    "Ocean State|dmv.ca.gov|County|Constitution State|America's Dairyland|Show-Me State|Sweet Home|"
    "Volunteer State|Bluegrass State|APPORTIONED"
)
CANADA = _listed("Ontario|Alberta|Quebec|British Columbia|Manitoba|Saskatchewan|Nova Scotia")
CANADA_BELOW = _listed("Yours to Discover|Je me souviens|Beautiful|Friendly")
BRAZIL = _listed("SP - SAO PAULO|RJ - RIO DE JANEIRO|MG - BELO HORIZONTE|PR - CURITIBA|RS - PORTO ALEGRE")
MERCOSUR = _listed("URUGUAY|PARAGUAY|BOLIVIA|VENEZUELA")
ANDES = _listed("COLOMBIA|BOGOTA D.C.|ECUADOR|MEDELLIN|PERU|CALI")
MEXICO = _listed("JALISCO|DISTRITO FEDERAL|MEXICO|NUEVO LEON|PUEBLA|SONORA|CDMX|OAXACA")
CENTRAL_AMERICA = _listed("COSTA RICA|PANAMA|GUATEMALA|CENTROAMERICA|REP. DOMINICANA")
PHILIPPINES = _listed("REGION VII|NCR|MATATAG NA REPUBLIKA|PILIPINAS")
PAKISTAN = _listed("GOVT OF SINDH|PUNJAB|ISLAMABAD")
AUSTRALIA = _listed("NEW SOUTH WALES|NSW|VICTORIA|QUEENSLAND - SUNSHINE STATE|SA|WESTERN AUSTRALIA|TASMANIA|NT")
AFRICA = _listed("GHANA|GH|LAGOS|ABUJA|CENTRE OF EXCELLENCE|FEDERAL REPUBLIC OF NIGERIA|KANO")
PAPER = (*_listed("TEMPORARY|TEMP TAG|BUYER|DEALER"), *STATES[:9])
PAPER_BELOW = _listed("EXPIRES 11/24/2025|DMV|2019 FORD F150")
DEALERS = _listed(
    "AUTO HAUS|LEXUS|HONDA|TOYOTA|FORD|www.autos.com|MITSUBISHI|ALUMNI|VOLVO|MOTORS 0161 496|DACIA|CAR CENTER|"
    "NISSAN|HYUNDAI OF ONTARIO|BMW|GARAGE|TARTIERE AUTO|FALCON|SUZUKI|CHEVROLET|KIA MOTORS"
)
VANITY = _listed(
    "LOVE|MY|GO|FAST|CAR|JAZZ|BIG|RED|FLY|KING|QUEEN|ZOOM|TOY|VW|WOW|MAX|FOX|HI|YES|MR|MRS|DAD|MOM|GOLF|SKI|SURF|"
    "WAVE|NUT|GR8|L8|2B|4U|M8|1ST|BABY|JEEP|OX|QI|JOY|KWIK|PUB|TEXAS|EXIT|VIZ|JUDGE|HQ|ROCK|HAWK"
)
