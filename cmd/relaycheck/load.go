package main

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// loadFlags say how much the scenarios of the profile load send.
type loadFlags struct {
	burst int
	rate  float64
	time  time.Duration
}

func (l *loadFlags) add(fs *pflag.FlagSet) {
	fs.IntVar(&l.burst, "load-burst", 0, "profile load: tasks that start at once (default: as the scenario says, 200)")
	fs.Float64Var(&l.rate, "load-rate", 0, "profile load: callbacks a second of the sustained rate (default: as the scenario says, 100)")
	fs.DurationVar(&l.time, "load-for", 0, "profile load: how long the rate is sustained (default: as the scenario says, 10s)")
}

// settings are what was asked for. To the suite a zero means "as the scenario says", so one that somebody wrote is refused.
func (l *loadFlags) settings(changed func(flag string) bool) (scenarios.Load, error) {
	load := scenarios.Load{Burst: l.burst, Rate: l.rate, For: emitter.Offset(l.time)}
	for flag, zero := range map[string]bool{"load-burst": l.burst == 0, "load-rate": l.rate == 0, "load-for": l.time == 0} {
		if zero && changed(flag) {
			return load, fmt.Errorf("--%s 0: must be greater than 0", flag)
		}
	}
	return load, nil
}
