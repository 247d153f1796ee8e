package schema

// eventTypes names the event_type numbers of the CSS callback family, as its pages list them in 2022 to 2025. 329 and
// 330 belong to StreamLive, another product with the same outer shape ("Stream Pushing Callback Notification",
// 2025-09-08). 344 is the number of two pages.
var eventTypes = map[int]string{
	0:         "interruption",
	1:         "push",
	100:       "recording",
	200:       "screenshot",
	EventType: "relay",
	315:       "audio-audit",
	317:       "image-audit",
	321:       "push-error",
	329:       "streamlive-push",
	330:       "streamlive-interruption",
	332:       "recording-status",
	338:       "subtitles",
	341:       "recording-exception",
	343:       "quality-control",
	344:       "evaluation",
	347:       "smart-erase",
	348:       "live-summary",
	349:       "smart-highlight",
}

// EventTypeName is the short name of a documented event_type: "relay" for 314, "push" for 1, "" for a number that no
// page lists. The names are those of Siblings, where a sample exists.
func EventTypeName(n int) string { return eventTypes[n] }

// isSibling reports whether n is the documented event_type of another callback of the family.
func isSibling(n int) bool {
	_, ok := eventTypes[n]
	return ok && n != EventType
}
