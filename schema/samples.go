package schema

import (
	"embed"
	"strings"
)

// The samples are data of the vendor's pages, to the byte but for what the comments at Sample and Siblings say.
//
//go:embed samples siblings
var sampleFiles embed.FS

// Sample is the documented sample of an event in an edition, as the page prints it: pretty-printed, with a newline at
// its end. It is absent where the edition has none: TaskAlarm and ResetTaskConfig have no sample in any edition, and of
// the 2024-04 edition no complete copy is at hand (what is known of its samples agrees with those of 2025-09).
//
// Source: "Relay Event Notification" (product/267/42525), editions 2021-10 (Japanese and Korean), 2022-01 and 2025-09.
// The doubled backslashes that the site's rendering shows in 2025-09 were made single.
func Sample(edition Edition, event string) ([]byte, bool) {
	return readSample("samples/" + string(edition) + "/" + event + ".json")
}

// Siblings lists the documented samples of the other callbacks of the family, sorted: "push", "recording" …
// They share receivers with relay callbacks but are none.
func Siblings() []string {
	entries, err := sampleFiles.ReadDir("siblings")
	if err != nil {
		return nil // embedded, so it is there
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	return names
}

// Sibling is one sample of another callback of the family, by its name in Siblings. Signatures in these samples are the
// pages' placeholders and cannot be verified.
//
// Source: the pages of the family, editions 2022 to 2025-12. Five samples that the pages print broken were mended so
// that they parse: push-error (a comma), recording-status (quotes), audio-audit (task_id), subtitles and smart-erase.
func Sibling(name string) ([]byte, bool) {
	return readSample("siblings/" + name + ".json")
}

// readSample reads an embedded file. The names are not cleaned on purpose: a ".." in them leads nowhere.
func readSample(name string) ([]byte, bool) {
	data, err := sampleFiles.ReadFile(name)
	return data, err == nil
}
