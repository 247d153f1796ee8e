package emitter_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

func BenchmarkBytes(b *testing.B) {
	c := emitter.VodSourceFileStart(seedFileTask(), seedFileTask().File(0, 14920))
	b.SetBytes(int64(len(c.Bytes())))
	b.ReportAllocs()
	for b.Loop() {
		c.Bytes()
	}
}

func BenchmarkMakeAndBytes(b *testing.B) {
	t := seedFileTask()
	b.ReportAllocs()
	for b.Loop() {
		emitter.VodSourceFileStart(t, t.File(0, 14920)).Bytes()
	}
}

func BenchmarkEncodeWild(b *testing.B) {
	c := emitter.VodSourceFileStart(seedFileTask(), seedFileTask().File(0, 14920))
	b.ReportAllocs()
	for b.Loop() {
		c.Encode(emitter.Encoding{KeyOrder: emitter.OrderShuffled, Whitespace: emitter.SpaceWild, Escapes: emitter.EscapeUnicode})
	}
}

// BenchmarkSend is one plain request at a time over a kept connection, on both ways.
func BenchmarkSend(b *testing.B) {
	for name, change := range ways {
		b.Run(name, func(b *testing.B) {
			s := newSender(b, emitter.SenderOptions{})
			req := request(newReceiver(b, nil).URL, string(emitter.TaskStart(seedTask(), 1).Bytes()))
			change(&req)
			b.ReportAllocs()
			for b.Loop() {
				if a := s.Send(b.Context(), req); !a.OK() {
					b.Fatal(a.Failure)
				}
			}
		})
	}
}

// BenchmarkLag is how much later than due a step starts when 500 plays run at once, each with ten steps 20 ms apart
// and the plays spread evenly over those 20 ms.
func BenchmarkLag(b *testing.B) {
	for _, clock := range []string{"timers", "precise"} {
		b.Run(clock, func(b *testing.B) {
			const plays, steps, gap = 500, 10, 20 * time.Millisecond
			p := emitter.Player{Sender: newSender(b, emitter.SenderOptions{})}
			if clock == "precise" {
				c := emitter.NewPreciseClock()
				defer c.Close()
				p.Clock = c
			}
			scripts := make([]emitter.Script, plays)
			for i := range scripts {
				for j := range steps {
					s := emitter.Step{At: 100*time.Millisecond + time.Duration(j)*gap + gap*time.Duration(i)/plays}
					s.Do = func(context.Context) error { return nil }
					scripts[i].Steps = append(scripts[i].Steps, s)
				}
			}
			var lags []time.Duration
			for b.Loop() {
				for _, t := range p.PlayAll(b.Context(), 0, scripts...) {
					for _, s := range t.Steps {
						lags = append(lags, time.Duration(s.Started-s.Due))
					}
				}
			}
			slices.Sort(lags)
			micros := func(q float64) float64 {
				return float64(lags[int(q*float64(len(lags)-1))]) / float64(time.Microsecond)
			}
			b.ReportMetric(micros(0.5), "p50-us")
			b.ReportMetric(micros(0.99), "p99-us")
			b.ReportMetric(micros(1), "max-us")
		})
	}
}
