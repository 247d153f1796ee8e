package schema

import "slices"

// HasEventTime reports whether the edition's tables have event_time. A test holds this against the schemas.
func (e Edition) HasEventTime() bool { return slices.Contains(timedEditions, e) }

// Names reports whether the edition's tables name a callback_event and describe its msg. No edition names
// ResetTaskConfig: that is in the API's list of events alone. A test holds this against the schemas.
func (e Edition) Names(event string) bool {
	switch event {
	case TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit:
		return slices.Contains(allEditions, e)
	case TaskAlarm:
		return slices.Contains(alarmEditions, e)
	default:
		return false
	}
}
