// Package pages holds what the editions of "Relay Event Notification" say, as one table, and renders it as the JSON
// Schema files under schema/editions. The files are what the program and its users read; this table is what keeps
// them from drifting apart.
//
//	files, err := pages.Render() // path -> content, such as "2022-01/wire/envelope.json"
package pages

// BaseURL is where the $id of every schema starts.
const BaseURL = "https://github.com/relaycheck/relaycheck/schema/editions/"

const page = `"Relay Event Notification" (product/267/42525)`

// An edition is one dated state of the page.
type edition struct {
	date   string
	source string
	appid  string // how the tables spell it
	time   string // what the tables say of event_time; "" where the edition has none
	msg    string // what is known of the row msg
	alarm  bool   // the tables name TaskAlarm's type
}

var table = []edition{
	{
		date:   "2021-10",
		source: page + `, edition of October 2021 (Japanese and Korean, tencentyun/intlcloud-documents, 2021-10-09)`,
		appid:  "Table: int, spelled appid. Samples: appid, the number 4.",
		msg:    "Table: string. Samples: a string that holds a JSON object.",
	},
	{
		date: "2022-01",
		source: page + `, edition of January 2022 (English, Chinese, Japanese, Korean, tencentyun/intlcloud-documents, ` +
			`2022-01-13; Indonesian 2022-07-25)`,
		appid: "Table: int, spelled appId in English and Indonesian, appid in Chinese, Japanese and Korean. Samples: appid, the number 4.",
		msg:   "Table: string. Samples: a string that holds a JSON object.",
	},
	{
		date: "2024-04",
		source: page + `, edition of April 2024 (English and Chinese, www.tencentcloud.com, 2024-04-25; the tables and the ` +
			`first samples are at hand)`,
		appid: "Table: int, spelled appId in English, appid in Chinese. Samples: appid, the number 4.",
		time:  "Table: string, for example 1712893433, quoted in Chinese and unquoted in English. In no sample.",
		msg:   "Its row's name is lost in the copy at hand. Samples: a string that holds a JSON object.",
	},
	{
		date:   "2025-09",
		source: page + `, edition of September 2025 (English, www.tencentcloud.com, 2025-09-10)`,
		appid:  "Table: int, spelled appId. Samples: appid, the number 4.",
		time:   "Table: string, for example 1712893433, unquoted. In no sample.",
		msg:    "Table: string. Samples: a string that holds a JSON object.",
		alarm:  true,
	},
}

// A member is one member of msg: the same in every edition, and required wherever the event has a sample.
type member struct {
	name  string
	table string // the tables' type, as a JSON Schema type
	wire  []string
	about string
}

var (
	startTime = member{"task_start_time", "integer", nil, "When the task started, in milliseconds. Table: int. Samples: the number 0."}
	exitTime  = member{"task_exit_time", "integer", nil, "When the task stopped, in milliseconds. Table: int. Samples: the number 0."}
	url       = member{"url", "string", nil, "The file. Table: string. A sample's is not among its own source_urls, so it need not be."}
	index     = member{"index", "string", []string{"integer", "string"}, "The file's place in source_urls, from 0. Table: string. Samples: the number 0."}
	duration  = member{"duration", "integer", nil, "The file's length in seconds. Table: int. Samples: the number 14920."}
	code      = member{"code", "string", []string{"integer", "string"}, "Why the task stopped; no list of codes is documented. Table: string. Samples: the number -22."}
	message   = member{"message", "string", nil, "Why the task stopped, in words. Table: string. Samples: \"write packet error.\""}
)

// An event is a callback_event that the page describes.
type event struct {
	name    string
	meaning string
	members []member
}

var events = []event{
	{"TaskStart", "the task started", []member{startTime}},
	{"VodSourceFileStart", "pulling of one on-demand file began", []member{url, index, duration}},
	{"VodSourceFileFinish", "pulling of one on-demand file ended", []member{url, index, duration}},
	{"TaskExit", "the task stopped; not final, CSS may start it again", []member{message, code, exitTime}},
}

// alarmTypes are the values of TaskAlarm's type, from 2025-09 on.
var alarmTypes = []string{"PullFileUnstable", "PushStreamUnstable", "PullFileFailed", "PushStreamFailed", "FileEndEarly"}

// sampled are the events whose sample carries stream_id, task_id and to_url.
var sampled = []string{"TaskStart", "VodSourceFileStart", "VodSourceFileFinish"}

// ids are the three fields that the tables call common to all events and the TaskExit sample lacks.
var ids = []string{"stream_id", "task_id", "to_url"}
