package judge

import (
	"fmt"
	"testing"
)

// burst is a play of many tasks, each with a whole life, looked at once.
func burst(tasks int) Input {
	b := aPlay("burst", "LOAD-1", "SEQ-1", "SEQ-2")
	for i := range tasks {
		key := fmt.Sprintf("t%d", i)
		b.task(key, 1)
		b.taskOf(key).TaskID = fmt.Sprintf("2%014d", i)
		b.taskOf(key).SourceURLs = []string{fmt.Sprintf("http://origin.relaycheck.invalid/%d/file-0.m3u8", i)}
		b.send(b.taskStart(key, ms(0)))
		b.send(b.fileStart(key, 0))
		b.send(b.fileFinish(key, 0))
		b.send(b.taskExit(key, ms(900), -22, "write packet error."))
	}
	for i := range tasks {
		key := fmt.Sprintf("t%d", i)
		b.lookAt(Final, key, b.factsOfTask(key), nil)
	}
	return b.in
}

func (b *playBuilder) factsOfTask(key string) Facts {
	f := b.facts(key, Facts{"phase": "ended", "files": []any{b.file(key, 0, true)}, "files_finished": number64(1), "events": number64(4)})
	return f
}

func BenchmarkJudgeABurstOf200Tasks(b *testing.B) {
	in, cat := burst(200), testCatalogue()
	if got := summary(Judge(in, cat)); got != "LOAD-1 held, SEQ-1 held, SEQ-2 held, ACK-1 held, ACK-2 held" {
		b.Fatal(got)
	}
	b.ReportAllocs()
	for b.Loop() {
		Judge(in, cat)
	}
}

func BenchmarkOneRoundOfASamplerOver200Tasks(b *testing.B) {
	in, cat := burst(200), testCatalogue()
	e := Wanted(in, Final, cat)
	for b.Loop() {
		if done, why := e.Done(in.Transcript, in.Samples); !done {
			b.Fatal(why)
		}
	}
}
