package scenarios_test

import (
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
)

func TestMeaningIsInferredFromTheBytes(t *testing.T) {
	t.Parallel()
	const (
		callback = scenarios.MeansCallback
		sibling  = scenarios.MeansSibling
		either   = scenarios.MeansEither
		nothing  = scenarios.MeansNothing
	)
	for _, test := range []struct {
		step string
		want scenarios.Meaning
	}{
		// well-formed, in every documented form
		{"emit: TaskStart", callback},
		{"emit: TaskExit, omit: [task_id, stream_id, to_url, interface, product_name]", callback},
		{"emit: TaskAlarm", callback},
		{"emit: ResetTaskConfig", callback},
		{"emit: TaskMigrated", callback},
		{"emit: TaskExit, wire: {numbers: text, appid: appId, event_time: number, key_order: shuffled, whitespace: wild, escapes: unicode}", callback},
		{"emit: TaskStart, wire: {content_type: 'application/json; charset=UTF-8', chunked: true, fresh: true}", callback},
		{"emit: TaskStart, at: 0, add: {new: 1, msg.new: 2}", callback},
		{"emit: TaskStart, set: {stream_id: ''}", callback},
		{"emit: TaskStart, set: {event_time: '1757505600'}", callback},
		{"emit: VodSourceFileStart, msg: {url: 'http://elsewhere.invalid/'}", callback},
		{"emit: TaskStart, mangle: {prepend: ' ', append: \"\\n\"}", callback},
		{"emit: TaskStart, mangle: {pad: 10kB}", callback},
		// other callbacks
		{"sibling: recording", sibling},
		{"emit: TaskStart, set: {event_type: 1}", sibling},
		{"emit: TaskStart, set: {event_type: 4711}", sibling},
		{"body: '{\"event_type\":0}'", sibling},
		// where lenient readers find a callback
		{"emit: TaskStart, set: {event_type: '314'}", either},
		{"emit: TaskStart, set: {event_type: 314.0}", either},
		{"emit: TaskStart, set: {appid: four}", either},
		{"emit: TaskStart, omit: [appid]", either},
		{"emit: TaskStart, omit: [source_urls]", either},
		{"emit: TaskStart, omit: [msg]", either},
		{"emit: TaskStart, omit: [msg.task_start_time]", either},
		{"emit: TaskStart, set: {msg.task_start_time: soon}", either},
		{"emit: TaskStart, set: {msg.task_start_time: 1e300}", either},
		{"emit: TaskExit, msg: {code: minus}", either},
		{"emit: TaskExit, msg: {message: \"a\\0b\"}", either},
		{"emit: TaskStart, set: {task_id: 5}", either},
		{"emit: TaskStart, set: {task_id: null}", either},
		{"emit: TaskStart, set: {event_time: noon}", either},
		{"emit: TaskStart, set: {source_urls: 'http://x'}", either},
		{"emit: TaskStart, set: {msg: '{\"task_start_time\":1,\"task_start_time\":2}'}", either},
		{"emit: TaskStart, wire: {msg: object}", either},
		{"emit: TaskStart, wire: {content_type: text/plain}", either},
		{"emit: TaskStart, wire: {content_type: 'application/json; charset=gbk'}", either},
		{"emit: TaskStart, wire: {content_type: ''}", either},
		{"emit: TaskStart, wire: {method: GET}", either},
		{"emit: TaskStart, wire: {method: post}", either},
		{"emit: TaskStart, mangle: {repeat_key: appid}", either},
		{"emit: TaskStart, mangle: {prepend: {base64: 77u/}}", either},
		{"emit: TaskStart, mangle: {replace: {from: pullpush, to: {base64: /w==}}}", either},
		{"emit: TaskStart, mangle: {replace: {from: pullpush, to: \"pull\\0push\"}}", either},
		{"emit: TaskStart, mangle: {append: '{}'}", either},
		{"emit: TaskStart, mangle: {append: garbage}", either},
		{"emit: TaskStart, mangle: {nest: 50}", either},
		{"emit: TaskStart, mangle: {nest: 20000}", either},
		{"emit: TaskStart, mangle: {pad: 2MB}", either},
		{"emit: TaskStart, mangle: {pad: 2MB, replace: {from: pullpush, to: pushpull}}", either},
		// no reading is a well-formed callback
		{"emit: TaskStart, mangle: {cut: 60%}", nothing},
		{"emit: TaskStart, mangle: {cut: 0}", nothing},
		{"emit: TaskStart, mangle: {prepend: 'x'}", nothing},
		{"emit: TaskStart, mangle: {replace: {from: '\"event_type\":314', to: '\"event_type\"314'}}", nothing},
		{"emit: TaskStart, omit: [event_type]", nothing},
		{"emit: TaskStart, set: {event_type: null}", nothing},
		{"emit: TaskStart, set: {event_type: relay}", nothing},
		{"emit: TaskStart, set: {event_type: [314]}", nothing},
		{"emit: TaskStart, omit: [callback_event]", nothing},
		{"emit: TaskStart, set: {callback_event: ''}", nothing},
		{"emit: TaskStart, set: {msg: 5}", nothing},
		{"emit: TaskStart, set: {msg: 'no JSON'}", nothing},
		{"emit: TaskStart, set: {msg: '[]'}", nothing},
		{"emit: TaskStart, set: {msg: ''}", nothing},
		{"emit: TaskStart, mangle: {nest: 50, cut: 50%}", nothing},
		{"sibling: push, mangle: {cut: 50%}", nothing},
		{"body: ''", nothing},
		{"body: '[]'", nothing},
		{"body: 'null'", nothing},
		{"body: '\"TaskStart\"'", nothing},
		{"body: {base64: AP8=}", nothing},
		{"body: {repeat: '[', times: 100000}", nothing},
		// what the step says
		{"emit: TaskStart, means: nothing", nothing},
		{"body: 'x', means: callback", callback},
		{"emit: TaskStart, sign: wrong, mangle: {cut: 5}", nothing},
	} {
		t.Run(test.step, func(t *testing.T) {
			t.Parallel()
			plan := compile(t, parse(t, "timeline: [{"+test.step+"}]"), params())
			if got := plan.Events[0].Meaning; got != test.want {
				t.Errorf("it means %s, want %s:\n%.400q", got, test.want, plan.Steps[0].Deliver.Request.Body)
			}
		})
	}
}

// TestDocumentedSamplesAreCallbacks reads the samples of the vendor's page.
func TestDocumentedSamplesAreCallbacks(t *testing.T) {
	t.Parallel()
	for _, body := range documentedSamples(t) {
		plan := compile(t, parse(t, "timeline:\n  - body: {base64: "+body+"}\n"), params())
		if got := plan.Events[0].Meaning; got != scenarios.MeansCallback {
			t.Errorf("it means %s: %s", got, plan.Events[0].Body)
		}
	}
}
