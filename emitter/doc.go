// Package emitter makes the relay callbacks (event_type 314) of Tencent Cloud CSS and delivers them: to the
// byte, on a clock, over connections that behave or misbehave as the caller asks. It judges nothing. What it
// gives back is a [Transcript]: every attempt with its bytes, times and answer.
//
// One callback, in a test of your own:
//
//	task := emitter.Task{AppID: 4, TaskID: "118148", StreamID: "testvod", SourceURLs: []string{"http://origin.example/a.m3u8"}}
//	attempt, err := emitter.Post(ctx, server.URL, emitter.TaskStart(task, time.Now().UnixMilli()))
//	if err != nil || attempt.Answer.Status != 200 { … }
//
// # Layers
//
// A [Callback] is what CSS says: ordered members, made by [TaskStart], [TaskExit] and their like, changed by
// path ([Callback.Set]), written in the vendor's form ([Callback.Bytes]) or in any other that means the same
// ([Callback.Encode]). A [Mangle] spoils the bytes.
//
// A [Request] is those bytes with a head, and a [Wire] that says how they leave. A [Sender] takes one request
// to its [Attempt]. Plain requests go through net/http, with all that it does unasked switched off; the rest
// is written by hand on the connection.
//
// A [Script] is steps that wait for each other and for the clock, each a [Parcel] with a [Policy] of sending
// again, or a function. A [Player] plays it.
//
// # What it promises
//
// Nothing is sent that was not asked for: no redirect is followed, no proxy used, no cookie kept, no request
// repeated behind the caller's back. Nothing waits without a limit, and no answer takes unbounded memory: see
// [Limits]. A play recovers its panics and leaves no goroutine behind.
//
// # What CSS is known to do
//
// Comments name the vendor's page and edition for every fact, and say "inferred" or "undocumented" where there
// is no page. The pages are "Relay Event Notification" (product/267/42525; editions 2021-10, 2022-01, 2024-04,
// 2025-09) and "How to Receive Event Notification" (product/267/38080).
package emitter
