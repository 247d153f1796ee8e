package schema

// EventType is the event_type of every relay callback ("Relay Event Notification", every edition).
const EventType = 314

// The callback_event values that CSS documents. TaskStart, TaskExit, VodSourceFileStart and VodSourceFileFinish have a
// table and a sample in every edition of the page. TaskAlarm is in its tables from the 2025-09 edition on, without a
// sample. ResetTaskConfig is named by the API's CallbackEvents list alone: its payload is not documented anywhere.
const (
	TaskStart           = "TaskStart"
	TaskExit            = "TaskExit"
	VodSourceFileStart  = "VodSourceFileStart"
	VodSourceFileFinish = "VodSourceFileFinish"
	TaskAlarm           = "TaskAlarm"
	ResetTaskConfig     = "ResetTaskConfig"
)

// Events lists the documented callback_event values in the order in which a task's life brings them.
func Events() []string {
	return []string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit, TaskAlarm, ResetTaskConfig}
}
