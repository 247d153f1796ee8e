package emitter_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// handler stands for the receiver under test.
func handler(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c, err := emitter.Parse(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	fmt.Println("receiver:", c.Event())
	_, _ = io.WriteString(w, `{"code":0}`)
}

func task() emitter.Task {
	return emitter.Task{
		AppID: 4, TaskID: "118148", StreamID: "testvod",
		ToURL:      "rtmp://5000.livepush.myqcloud.com/live/testvod",
		SourceURLs: []string{"http://origin.example/a.m3u8"},
	}
}

// One callback, in a test of your own.
func ExamplePost() {
	server := httptest.NewServer(http.HandlerFunc(handler))
	defer server.Close()

	attempt, err := emitter.Post(context.Background(), server.URL, emitter.TaskStart(task(), 1712893433000))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(attempt.Answer.Status, string(attempt.Answer.Body))
	// Output:
	// receiver: TaskStart
	// 200 {"code":0}
}

// The bytes of a callback, changed by path.
func ExampleCallback() {
	c := emitter.TaskExit(task(), emitter.Exit{Time: 1712893433000, Code: -22, Message: "write packet error."}).WithoutIDs()
	if err := c.Set("msg.code", "-22"); err != nil { // as text: the tables say so
		fmt.Println(err)
	}
	fmt.Println(string(c.Bytes()))
	fmt.Println(c.Set("msg.cod", 1))
	// Output:
	// {"appid":4,"callback_event":"TaskExit","event_type":314,"interface":"general_callback","msg":"{\"message\":\"write packet error.\",\"code\":\"-22\",\"task_exit_time\":1712893433000}","product_name":"pullpush","source_urls":"[\"http://origin.example/a.m3u8\"]\n"}
	// unknown path "msg.cod": did you mean "msg.code"?
}

// The same callback in other bytes.
func ExampleCallback_Encode() {
	c := emitter.TaskAlarm(task(), emitter.FileEndEarly)
	_ = c.Unset("source_urls")
	body := c.Encode(emitter.Encoding{KeyOrder: emitter.OrderReverse, Escapes: emitter.EscapeSlashes, AppIDKey: "appId"})
	fmt.Println(string(body))
	// Output:
	// {"to_url":"rtmp:\/\/5000.livepush.myqcloud.com\/live\/testvod","task_id":"118148","stream_id":"testvod","product_name":"pullpush","msg":"{\"type\":\"FileEndEarly\"}","interface":"general_callback","event_type":314,"callback_event":"TaskAlarm","appId":4}
}

// A receiver that fails is called again, here a thousand times faster than the vendor would.
func ExampleEmitter_Emit() {
	tries := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()

	e := emitter.New(server.URL)
	defer e.Close()
	e.Policy, _ = emitter.PolicyNamed(emitter.CSSGeneral)
	e.Scale = 1000
	d, err := e.Emit(context.Background(), emitter.TaskStart(task(), 1))
	if err != nil {
		fmt.Println(err)
	}
	for _, a := range d.Attempts {
		fmt.Printf("attempt %d/%d because of %s: %d\n", a.Number, a.Of, a.Reason, a.Answer.Status)
	}
	// Output:
	// attempt 1/13 because of first: 503
	// attempt 2/13 because of status 503: 503
	// attempt 3/13 because of status 503: 200
}

// A play: the file event overtakes the start of the task, and is delivered twice at the same moment.
func ExamplePlayer() {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	sender := emitter.NewSender(emitter.SenderOptions{})
	defer sender.Close()

	parcel := func(c *emitter.Callback, copy int) *emitter.Parcel {
		return &emitter.Parcel{Event: c.Event(), Copy: copy, Request: emitter.NewRequest(server.URL, c.Bytes())}
	}
	file := emitter.VodSourceFileStart(task(), task().File(0, 14920))
	player := emitter.Player{Sender: sender}
	transcript := player.Play(context.Background(), emitter.Script{
		Deadline: 10 * time.Second,
		Steps: []emitter.Step{
			{ID: "VodSourceFileStart", Parcel: parcel(file, 0)},
			{ID: "VodSourceFileStart~2", Parcel: parcel(file, 1)},
			{ID: "TaskStart", At: 50 * time.Millisecond, After: []int{0, 1}, Parcel: parcel(emitter.TaskStart(task(), 1), 0)},
		},
	})
	ok := 0
	for _, d := range transcript.Deliveries {
		if d.Last().OK() {
			ok++
		}
	}
	fmt.Println(ok, "answered 200, the last was", transcript.Deliveries[2].ID)
	// Output:
	// 3 answered 200, the last was TaskStart
}

// Bytes that are no callback any more.
func ExampleMangle() {
	half, _ := emitter.ParseAmount("50%")
	body, err := emitter.Mangle{RepeatKey: "appid", Cut: &half}.Apply([]byte(`{"appid":4,"t":1}`))
	fmt.Printf("%s %v\n", body, err)
	// Output:
	// {"appid":4,"t <nil>
}

// What a request looks like on the wire.
func ExampleRequest_Bytes() {
	r := emitter.NewRequest("http://receiver.example/callbacks", []byte(`{}`))
	r.Wire.Chunked, r.Wire.ChunkSize, r.Wire.LowerCase = true, 1, true
	b, err := r.Bytes()
	wire, _ := json.Marshal(string(b))
	fmt.Println(string(wire), err)
	// Output:
	// "POST /callbacks HTTP/1.1\r\nhost: receiver.example\r\nuser-agent: relaycheck\r\ntransfer-encoding: chunked\r\nconnection: keep-alive\r\ncontent-type: application/json\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n" <nil>
}
