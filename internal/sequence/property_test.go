package sequence

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

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
	c := NewChecker()
	at := make([]int, len(lives))
	position := map[Place]int{}
	for i, life := range order {
		p := cut(i)
		position[p] = at[life]
		c.Add(lives[life][at[life]].body(), p)
		at[life]++
	}
	sum := c.End()
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

// A fault is put into the life of a task; want is what it must be found as.
type fault struct {
	name string
	want []string
	put  func(id string, life []callback) []callback
}

// healthy is a life of three files with all times told.
func healthy(id string, t int64) []callback {
	life := []callback{start(id).on(t)}
	for i := range 3 {
		life = append(life, fileStart(id, i).on(t+1+int64(10*i)), fileFinish(id, i).on(t+9+int64(10*i)))
	}
	return append(life, exit(id, 0).on(t+40))
}

func faults() []fault {
	return []fault{
		{"none", nil, func(_ string, l []callback) []callback { return l }},
		{"exit without ids", nil, func(_ string, l []callback) []callback { l[7] = l[7].anonymous(); return l }},
		{"another start and exit", nil, func(id string, l []callback) []callback { return append(l, start(id).on(5000), exit(id, -22).on(5001)) }},
		{"lost start", []string{CodeFirst}, func(_ string, l []callback) []callback { return l[1:] }},
		{"slow first file", []string{CodeGap}, func(_ string, l []callback) []callback { l[1].eventTime += 4; return l }},
		{"finish before start", []string{CodeOvertaken}, func(_ string, l []callback) []callback { l[3], l[4] = l[4], l[3]; return l }},
		{"lost file start", []string{CodeNoFileStart}, func(_ string, l []callback) []callback { return slices.Delete(l, 3, 4) }},
		{"finish after exit", []string{CodeAfterExit}, func(_ string, l []callback) []callback { l[6], l[7] = l[7], l[6]; return l }},
		{"sent twice", []string{CodeDuplicate}, func(_ string, l []callback) []callback { return slices.Insert(l, 5, l[2]) }},
		{"exit sent twice without ids", []string{CodeDuplicate}, func(_ string, l []callback) []callback {
			l[7] = l[7].anonymous()
			return append(l, l[7])
		}},
	}
}

func TestSeededFaultsAreFoundAndNoneInvented(t *testing.T) {
	t.Parallel()
	const tasks = 2000
	rnd := rand.New(rand.NewPCG(1, 2))
	kinds := faults()
	lives, want := make([][]callback, tasks), map[string][]string{}
	var order []int
	for i := range lives {
		id := fmt.Sprint(100000 + i)
		f := kinds[i%len(kinds)]
		lives[i] = f.put(id, healthy(id, 1000))
		if f.want != nil {
			want[id] = f.want
		}
		order = append(order, slices.Repeat([]int{i}, len(lives[i]))...)
	}
	rnd.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	run := func() Summary {
		c, at := NewChecker(), make([]int, tasks)
		for i, life := range order {
			c.Add(lives[life][at[life]].body(), Place{Source: "c", Line: i + 1, Time: base.Add(time.Duration(i))})
			at[life]++
		}
		return c.End()
	}
	sum := run()
	got := map[string][]string{}
	for _, f := range sum.Findings {
		got[f.Task] = append(got[f.Task], f.Code)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("seeded (-), found (+):\n%s", diff)
	}
	if sum.Tasks != tasks || sum.UnmatchedExits != 0 || sum.Duplicates != 2*tasks/len(kinds) {
		t.Errorf("%d tasks, %d unmatched, %d duplicates", sum.Tasks, sum.UnmatchedExits, sum.Duplicates)
	}
	if diff := cmp.Diff(sum, run(), cmp.AllowUnexported(Finding{})); diff != "" {
		t.Errorf("another run is another result:\n%s", diff)
	}
}

func BenchmarkAdd(b *testing.B) {
	var bodies [][]byte
	for i := range 1000 {
		for _, cb := range healthy(fmt.Sprint(i), 1000) {
			bodies = append(bodies, cb.body())
		}
	}
	b.ReportAllocs()
	c := NewChecker()
	for i := 0; b.Loop(); i++ {
		c.Add(bodies[i%len(bodies)], Place{Source: "c", Line: i})
	}
}
