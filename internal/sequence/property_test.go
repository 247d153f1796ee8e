package sequence

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// lives draws what happens to some tasks, each in its own order.
func lives(t *rapid.T) [][]callback {
	var all [][]callback
	for i := range rapid.IntRange(1, 5).Draw(t, "tasks") {
		id := fmt.Sprint(i)
		one := rapid.Custom(func(t *rapid.T) callback {
			n := rapid.IntRange(0, 2).Draw(t, "n")
			cb := []callback{start(id), exit(id, n), fileStart(id, n), fileFinish(id, n), other(id, "TaskAlarm"), exit(id, n).anonymous()}[rapid.IntRange(0, 5).Draw(t, "event")]
			return cb.on(int64(rapid.IntRange(0, 5).Draw(t, "event_time")))
		})
		all = append(all, rapid.SliceOfN(one, 0, 12).Draw(t, "life"))
	}
	return all
}

// told is what is found of each task: everything but the places, which are told as positions in the task's own life.
func told(lives [][]callback, order []int, cut func(i int) Place) map[string][]string {
	c := NewBatch()
	at := make([]int, len(lives))
	position := map[Place]int{}
	for i, life := range order {
		p := cut(i)
		position[p] = at[life]
		c.Add(lives[life][at[life]].body(), p)
		at[life]++
	}
	sum := ended(c)
	found := map[string][]string{"": {fmt.Sprint(sum.Tasks, sum.Warnings, sum.Duplicates, sum.UnmatchedExits, len(sum.Findings))}}
	for _, f := range sum.Findings {
		first := -1
		if f.First != nil {
			first = position[*f.First]
		}
		found[f.Task] = append(found[f.Task], fmt.Sprintf("%s %s %s %d %d %s", f.Code, f.Severity, f.Event, position[f.Place], first, f.Message))
	}
	return found
}

func TestFindingsDoNotDependOnCutsAndInterleaving(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := lives(t)
		var one []int
		for i, life := range all {
			one = append(one, slices.Repeat([]int{i}, len(life))...)
		}
		mixed := rapid.Permutation(one).Draw(t, "interleaving")
		per := rapid.IntRange(1, 4).Draw(t, "callbacks per file")
		whole := told(all, one, func(i int) Place { return Place{Source: "whole", Line: i + 1} })
		cut := told(all, mixed, func(i int) Place { return Place{Source: fmt.Sprint("part", i/per), Line: i%per + 1} })
		if diff := cmp.Diff(whole, cut); diff != "" {
			t.Fatalf("one file, task by task (-), and files of %d, interleaved (+):\n%s", per, diff)
		}
	})
}

// healthy is a life of three files with all times told.
func healthy(id string, t int64) []callback {
	life := []callback{start(id).on(t)}
	for i := range 3 {
		life = append(life, fileStart(id, i).on(t+1+int64(10*i)), fileFinish(id, i).on(t+9+int64(10*i)))
	}
	return append(life, exit(id, 0).on(t+40))
}

func BenchmarkAdd(b *testing.B) {
	var bodies [][]byte
	for i := range 1000 {
		for _, cb := range healthy(fmt.Sprint(i), 1000) {
			bodies = append(bodies, cb.body())
		}
	}
	b.ReportAllocs()
	c := NewBatch()
	for i := 0; b.Loop(); i++ {
		if i%512 == 0 {
			c.release()
			c = NewBatch()
		}
		c.AddClean(bodies[i%len(bodies)], Place{Source: "c", Line: i})
	}
}
