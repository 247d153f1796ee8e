package schema

import (
	"slices"
	"strings"
)

// commonKeys are the outer keys that every documented sample carries but TaskExit's, which lacks the last three: the
// tables call those common to all events (editions 2021-10 to 2025-09).
var commonKeys = []string{
	"appid", "callback_event", "event_type", "interface", "msg", "product_name", "source_urls",
	"stream_id", "task_id", "to_url",
}

// outerKeys are all the outer keys that a relay callback may carry, for one reason or another.
var outerKeys = []string{
	"appId", // spelled so in the English tables of 2022-01, 2024-04 and 2025-09; every sample has appid
	"appid",
	"callback_event",
	"callback_url", // in two samples only
	"event_time",   // in the tables from 2024-04 on, in no sample
	"event_type",
	"interface", // in the samples only
	"msg",
	"product_name", // in the samples only
	"sign",         // documented for siblings only
	"source_urls",
	"stream_id",
	"t", // documented for siblings only
	"task_id",
	"to_url",
}

// msgKeys are the members of msg, in the order of the samples. Source: tables and samples of every edition; type from
// the tables of 2025-09.
var msgKeys = map[string][]string{
	TaskStart:           {"task_start_time"},
	VodSourceFileStart:  {"url", "index", "duration"},
	VodSourceFileFinish: {"url", "index", "duration"},
	TaskExit:            {"message", "code", "task_exit_time"},
	TaskAlarm:           {"type"},
}

// OuterKeys lists the outer keys of an event's documented sample, in alphabetical order, which is the order on the wire.
// For an event without a sample it lists those that the tables and all samples share.
func OuterKeys(event string) []string {
	switch event {
	case TaskExit: // the sample has no stream_id, task_id, to_url
		return slices.Clone(commonKeys[:7])
	case VodSourceFileStart, VodSourceFileFinish:
		return slices.Insert(slices.Clone(commonKeys), 2, "callback_url")
	default:
		return slices.Clone(commonKeys)
	}
}

// MsgKeys lists the members of an event's msg in the order of its documented sample. Of TaskAlarm only "type" is known;
// for ResetTaskConfig and for events that no page names it is nil.
func MsgKeys(event string) []string { return slices.Clone(msgKeys[event]) }

// KnownPaths lists every path that a relay callback is known to have, sorted: outer keys, documented or seen in a
// sample, either spelling of appid, the family's sign and t, and "msg.KEY" for every documented member of msg.
func KnownPaths() []string {
	paths := slices.Clone(outerKeys)
	for _, keys := range msgKeys {
		for _, k := range keys {
			paths = append(paths, "msg."+k)
		}
	}
	slices.SortFunc(paths, strings.Compare)
	return slices.Compact(paths)
}
