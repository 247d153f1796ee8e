// Package schema says what a Tencent Cloud CSS relay callback (event_type 314) looks like, edition by edition of the
// vendor's page "Relay Event Notification", and checks bodies against it.
//
//	report := schema.Validate(body, schema.Options{})
//	if report.Verdict == schema.Error {
//		for _, v := range report.Violations {
//			fmt.Println(v.Code, v.Pointer, v.Message)
//		}
//	}
//
// An edition is a dated state of the page, written down as JSON Schemas (draft 2020-12) under editions/: one for the
// envelope, one for the array in source_urls, one for the msg of each event. Each comes in two readings: "documented" is
// what the edition's tables say, "wire" is what either its tables or its samples show.
//
// The verdict about a body in one edition is
//
//   - error: the body is not one JSON object in valid UTF-8, or it fails the wire reading;
//   - warning: it passes the wire reading but departs from the tables in a way that no sample of the edition shows, or
//     carries what the edition does not document;
//   - ok: anything else. Every documented sample is ok in its edition, in both readings: where a table contradicts its
//     own sample (index and code are text in the tables and numbers in the samples; a TaskExit sample lacks three
//     fields that the table calls common) the sample is believed.
//
// Without a chosen edition the verdict is that of the editions that like the body best: nobody who captures callbacks
// knows which edition of a page the sender was written to.
//
// The package performs no I/O, keeps no state but compiled schemas, never panics and is safe for concurrent use. It
// knows nothing of files, YAML, HTTP or test benches.
package schema
