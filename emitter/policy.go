package emitter

import "time"

// Names of the policies.
const (
	CSSGeneral    = "css-general"
	CSSScreenshot = "css-screenshot"
	CSSSubtitle   = "css-subtitle"
	NoRetry       = "none"
)

// How sure the numbers of a Policy are for relay callbacks.
const (
	Documented = "documented"
	Assumed    = "assumed"
)

// Policies lists the named policies. Each is documented for some family of CSS callbacks; for relay callbacks no
// edition gives a number, so all of them are assumed there.
//
// The pages give a number of retries and the time between them. "12 retries" is read as twelve after the first
// delivery, thirteen attempts in all; the subtitle page alone counts attempts in total.
func Policies() []Policy {
	return []Policy{
		{
			Name: CSSGeneral, Attempts: 1 + 12, Interval: time.Minute, Status: Assumed,
			Source: "12 retries, 1 minute apart: documented for push, interruption, recording and image audit (How to Receive Event Notification, 2021-12 to 2025-12 editions); no number is given for relay, which that page lists since 2024-12",
		},
		{
			Name: CSSScreenshot, Attempts: 1 + 5, Interval: 2 * time.Minute, Status: Assumed,
			Source: "5 retries, 2 minutes apart: documented for screenshots (How to Receive Event Notification, 2021-12 to 2025-12 editions)",
		},
		{
			Name: CSSSubtitle, Attempts: 3, Interval: time.Minute, Status: Assumed,
			Source: "3 attempts in total: documented for subtitles and smart erase (2025-11 and 2025-12 editions); their interval is not documented, the general minute is assumed",
		},
		{
			Name: NoRetry, Attempts: 1, Status: Assumed,
			Source: "one attempt: no edition says how often a relay callback is sent",
		},
	}
}

// PolicyNamed finds a policy by its name. "" is NoRetry.
func PolicyNamed(name string) (Policy, bool) {
	if name == "" {
		name = NoRetry
	}
	for _, p := range Policies() {
		if p.Name == name {
			return p, true
		}
	}
	return Policy{}, false
}

// Wait is the time from the end of an attempt to the next one: the interval divided by scale, but not below the
// floor. A scale of 0 or below counts as 1.
func (p Policy) Wait(scale float64) time.Duration {
	d := p.Interval
	if scale > 0 {
		d = time.Duration(float64(d) / scale)
	}
	return max(d, p.Floor)
}

// tries is how many attempts are made at most.
func (p Policy) tries() int { return max(1, p.Attempts) }
