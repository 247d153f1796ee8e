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
	CodeManyRetries = "RC3007"
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
		Explanation: "Measured by event_time where both callbacks have it, otherwise by the stamps of arrival, otherwise by task_start_time and event_time. A time told in seconds may be off by one, and gets the benefit of it. Without times nothing is measured. Only the first file after a start counts, and none after a TaskStart that a file event may have overtaken, or that may be one before, sent again.",
		Source:      page,
		Mend:        "Measured by arrival it may be the network, or a retry. A receiver should not rely on the 2 s.",
	},
	{
		ID: CodeOvertaken, Severity: schema.Warning, Strict: schema.Warning, Title: "a file's VodSourceFileFinish comes before its VodSourceFileStart",
		Explanation: "A file's start and finish belong together by msg.index, or by msg.url where one of them has no index. Told only of a task whose TaskStart came before: otherwise the capture may have begun in the middle of a loop.",
		Source:      page,
		Mend:        "The callbacks overtook one another, or an earlier start of the same file is missing. A receiver should take a file as finished whichever comes first.",
	},
	{
		ID: CodeNoFileStart, Severity: schema.Warning, Strict: schema.Warning, Title: "a file finished that never started in the capture",
		Explanation: "No VodSourceFileStart of the task, before or after, has the msg.index of this VodSourceFileFinish, nor its msg.url where one of them has no index. Told once for each file of a task.",
		Source:      page,
		Mend:        "The capture began later or lacks a file, or the start was lost. A receiver has to take the finish all the same.",
	},
	{
		ID: CodeAfterExit, Severity: schema.Warning, Strict: schema.Warning, Title: "a file event after TaskExit without a new TaskStart",
		Explanation: "After an exit the next of a life is a new TaskStart. Told once for each exit. An exit without ids counts if its task is the only one of the capture with its source_urls. More exits are not told of, since every retry may bring one; nor are TaskAlarm and ResetTaskConfig.",
		Source:      page + ` (TaskExit: the task stopped); that TaskExit is not final: "Relay Event Notification", from the 2024-04 edition on`,
		Mend:        "The file event may be late, having been overtaken by the exit, or sent again with other bytes; or the task went on after a retry or a move to another machine, whose TaskStart is missing. A receiver must not fail on it.",
	},
	{
		ID: CodeDuplicate, Severity: "info", Strict: "info", Title: "a callback with the same bytes as one before",
		Explanation: "Sent again, or captured twice. This is allowed and no fault. Without an event_time a file's callbacks of the next loop have the same bytes too: what may be a new event is not counted.",
		Source:      "assumed: no edition says whether relay callbacks are sent again; others of the family are",
		Mend:        "Nothing. If there are many, the receiver that was captured did not answer in time or not with a success.",
	},
	{
		ID: CodeManyRetries, Severity: "info", Strict: "info", Title: "a callback came more than 13 times",
		Explanation: "Others of the family are sent again 12 times at most, 60 s apart. Nothing is documented of relay callbacks, so this is no fault. Told once for each callback. Without an event_time a loop's callbacks are not counted.",
		Source:      `assumed: "How to Receive Event Notification" (2025-12-03 edition) lists relay callbacks without a number of retries; 12 are those of pushes and recordings`,
		Mend:        "See whether the capture holds each callback twice, from a mirror or two log files. Otherwise the receiver never answered this one with a 200 in time, and CSS repeats longer than its family does.",
	},
}

// Codes is the catalogue of what a Finding's code may be, sorted by id.
func Codes() []schema.Code { return slices.Clone(codes) }
