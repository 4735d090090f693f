"""What each reason means and what its owner can do about it, in a sentence or two."""

from __future__ import annotations

from streamer.types import Reason

ADVICE: dict[Reason, str] = {
    Reason.TOO_SMALL: "There are too few pixels on the characters. Zoom in, move the camera closer, or use "
    "the camera's stream with more pixels.",
    Reason.TOO_DARK: "The plate is nearly black. Put a light there (infrared will do), or let the camera "
    "expose for the plates.",
    Reason.OVEREXPOSED: "The plate is a white patch: headlights or infrared light dazzle the camera. Less "
    "light, a shorter shutter, or the lamp further from the lens.",
    Reason.TOO_BLURRED: "The characters run into each other. A shorter shutter (1/1000 s at a gate, "
    "1/2000 s on a street) if vehicles move, the focus if they stand.",
    Reason.NO_TEXT: "Large, bright and sharp enough, and still no text: half hidden, dirty, seen from too "
    "far aside, or no plate at all.",
    Reason.TOO_FEW_LOOKS: "Its looks did not agree often enough. Fast vehicles need more looks a second "
    "(tracking.sample_fps) or fewer that must agree (tracking.min_looks).",
    Reason.NOT_CERTAIN: "The text stayed a guess. If the texts here are mostly right, lower "
    "engine.min_confidence.",
    Reason.FORMAT: "formats.strict is set, and no syntax of formats.regions or formats.patterns has such a "
    "text. If the text is right, its region is missing there.",
    Reason.OUTSIDE: "Its middle was never where the camera's include and exclude say that plates count; what "
    "does not count is dark in the live picture.",
    Reason.STATIC_TEXT: "It never moved, and was not read the same way for long, or stays there while vehicles "
    "come and go: signs, badges and the camera's clock do that. Exclude their corner (exclude).",
    Reason.REPEAT: "Nothing is missing: the same plate, or a misread of it, was seen shortly before and "
    "belongs to that read.",
}
