package sequence

import (
	"slices"

	"github.com/relaycheck/relaycheck/schema"
)

// The codes of a Finding. A code keeps its meaning for good.
const (
	CodeFirst       = "RC3001"
	CodeGap         = "RC3002"
	CodeOvertaken   = "RC3003"
	CodeNoFileStart = "RC3004"
	CodeAfterExit   = "RC3005"
	CodeDuplicate   = "RC3006"
)

const page = `"Relay Event Notification", every edition`

var codes = []schema.Code{
	{
		ID: CodeFirst, Severity: schema.Warning, Strict: schema.Warning, Title: "a task's first callback in the capture is not TaskStart",
		Explanation: "A task's life begins with TaskStart. TaskAlarm, ResetTaskConfig and unknown events are passed over: nothing is documented about when they come. Told once for each task.",
		Source:      page,
		Mend:        "Often it is the capture: it began when the task ran already, or lacks a file. Otherwise TaskStart was lost or overtaken on its way, and a receiver has to live with that.",
	},
	{
		ID: CodeGap, Severity: schema.Warning, Strict: schema.Warning, Title: "the first VodSourceFileStart comes more than 2 s after TaskStart",
		Explanation: "Measured by event_time where both callbacks have it, otherwise by the stamps of arrival, otherwise by task_start_time and event_time. A time told in seconds may be off by one, and gets the benefit of it. Without times nothing is measured. Only the first file after a start counts.",
		Source:      page,
		Mend:        "Measured by arrival it may be the network, or a retry. A receiver should not rely on the 2 s.",
	},
	{
		ID: CodeOvertaken, Severity: schema.Warning, Strict: schema.Warning, Title: "a file's VodSourceFileFinish comes before its VodSourceFileStart",
		Explanation: "A file's start and finish belong together by msg.index or msg.url. Told only of a task whose TaskStart came before: otherwise the capture may have begun in the middle of a loop.",
		Source:      page,
		Mend:        "The callbacks overtook one another, or an earlier start of the same file is missing. A receiver should take a file as finished whichever comes first.",
	},
	{
		ID: CodeNoFileStart, Severity: schema.Warning, Strict: schema.Warning, Title: "a file finished that never started in the capture",
		Explanation: "No VodSourceFileStart of the task, before or after, has the msg.index or the msg.url of this VodSourceFileFinish. Told once for each file of a task. The first 64 files of a task are looked at.",
		Source:      page,
		Mend:        "The capture began later or lacks a file, or the start was lost. A receiver has to take the finish all the same.",
	},
	{
		ID: CodeAfterExit, Severity: schema.Warning, Strict: schema.Warning, Title: "a file event after TaskExit without a new TaskStart",
		Explanation: "After an exit the next of a life is a new TaskStart. Told once for each exit. More exits are not told of, since every retry may bring one; nor are TaskAlarm and ResetTaskConfig.",
		Source:      page + ` (TaskExit: the task stopped); that TaskExit is not final: "Relay Event Notification", from the 2024-04 edition on`,
		Mend:        "The file event may be late, having been overtaken by the exit, or sent again with other bytes; or the task went on after a retry or a move to another machine, whose TaskStart is missing. A receiver must not fail on it.",
	},
	{
		ID: CodeDuplicate, Severity: "info", Strict: "info", Title: "a callback with the same bytes as one before",
		Explanation: "Sent again, or captured twice. This is allowed and no fault. Without an event_time a file's callbacks of the next loop have the same bytes too: what may be a new event is not counted.",
		Source:      "assumed: no edition says whether relay callbacks are sent again; others of the family are",
		Mend:        "Nothing. If there are many, the receiver that was captured did not answer in time or not with a success.",
	},
}

// Codes is the catalogue of what a Finding's code may be, sorted by id.
func Codes() []schema.Code { return slices.Clone(codes) }
