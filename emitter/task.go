package emitter

// A Task is what every callback of one relay task repeats.
type Task struct {
	AppID       int64    // the account; the documented samples have 4
	TaskID      string   // decimal digits, as CreateLivePullStreamTask returns them
	StreamID    string   // may be empty, as in the samples of the 2021-10 edition
	ToURL       string   // where the stream is pushed to
	SourceURLs  []string // what is relayed; up to 30 for on-demand sources
	CallbackURL string   // repeated in the VodSourceFile* callbacks, as in the samples; "" leaves it out
}

// File makes the File at an index of the task's sources. An index outside them leaves the URL empty.
func (t Task) File(index int, duration int64) File {
	f := File{Index: int64(index), Duration: duration}
	if index >= 0 && index < len(t.SourceURLs) {
		f.URL = t.SourceURLs[index]
	}
	return f
}

// A File is one on-demand source file, as the VodSourceFile* callbacks name it.
type File struct {
	URL      string // need not be one of the task's: the documented VodSourceFileStart sample has another host
	Index    int64  // from 0 (inferred from the samples; the API's FileIndex counts from 1)
	Duration int64  // seconds
}

// An Exit is how a task ended. It is not final: CSS sends TaskExit for each failed try and each move to
// another machine while the task's end time is not reached (Relay Event Notification, from 2023-10 on).
type Exit struct {
	Time    int64 // milliseconds since 1970
	Code    int64 // -22 in the samples; no list of codes is published
	Message string
}

// The alarm types of TaskAlarm (Relay Event Notification, 2025-09 edition).
const (
	PullFileUnstable   = "PullFileUnstable"
	PushStreamUnstable = "PushStreamUnstable"
	PullFileFailed     = "PullFileFailed"
	PushStreamFailed   = "PushStreamFailed"
	FileEndEarly       = "FileEndEarly"
)

// AlarmTypes lists the documented alarm types.
func AlarmTypes() []string {
	return []string{PullFileUnstable, PushStreamUnstable, PullFileFailed, PushStreamFailed, FileEndEarly}
}
