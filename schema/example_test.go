package schema_test

import (
	"fmt"

	"github.com/relaycheck/relaycheck/schema"
)

func ExampleValidate() {
	body := []byte(`{
  "appid": 4,
  "callback_event": "TaskExit",
  "event_type": 314,
  "msg": "{\"message\":\"write packet error.\",\"code\":null,\"task_exit_time\":0}",
  "source_urls": "[\"http://origin.example/1.m3u8\"]\n",
  "taskid": "118148"
}`)
	report := schema.Validate(body, schema.Options{})
	fmt.Println(report.Verdict, report.Kind, report.Event)
	for _, v := range report.Violations {
		fmt.Printf("%d:%d %s %s %s: %s\n", v.Line, v.Column, v.Severity, v.Code, v.Pointer, v.Message)
	}
	// Output:
	// error relay TaskExit
	// 5:57 error RC1205 /msg#/code: code has to be a whole number or text, but is null
	// 7:3 warning RC1401 /taskid: no edition documents a field "taskid"; was task_id meant?
}

func ExampleSample() {
	body, _ := schema.Sample(schema.Edition2025_09, schema.TaskStart)
	report := schema.Validate(body, schema.Options{})
	fmt.Println(report.Verdict, report.Editions)
	// Output:
	// ok [2021-10 2022-01 2024-04 2025-09]
}

func ExampleExplain() {
	code, _ := schema.Explain("RC1201")
	fmt.Println(code.Title)
	fmt.Println(code.Mend)
	// Output:
	// msg is not text
	// Encode msg as JSON text first, then put that text into the envelope.
}
