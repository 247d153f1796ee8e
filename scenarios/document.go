package scenarios

import (
	"github.com/relaycheck/relaycheck/internal/strict"
)

// The types of this file and of those named *_doc.go are the scenario language: what a YAML file may hold. Their
// comments are what the editors show, by way of scenario.schema.json.

// A scenario: what happened at CSS, what the network made of it, and what a right receiver shows.
type document struct {
	// What the scenario shows, in one line.
	Title strict.At[string] `yaml:"title" strict:"required"`
	// More about it: why it matters, where the rule comes from.
	Description string `yaml:"description"`
	// The group that the scenario runs with. core, delivery and hostile run by default. Default: core.
	Profile strict.At[profile] `yaml:"profile"`
	// Ids of the catalogue that the scenario speaks for (`relaycheck list`). May be left out where the scenario asserts
	// something itself.
	Requires []strict.At[string] `yaml:"requires"`
	// Free words for --label-filter.
	Labels []strict.At[string] `yaml:"labels"`
	// The verdict depends on real time: --time-scale does not touch this scenario.
	RealTime bool `yaml:"real_time"`
	// Waits are divided by this at least, whatever --time-scale says: 60 makes a second of a retry's minute. 1 to 1000. Payload
	// times are not touched. Default: 1.
	Scale *strict.At[float64] `yaml:"scale"`
	// How often the scenario is played, each time with other random choices. --rounds overrides it. 1 to 1000. Default: 1.
	Rounds *strict.At[int] `yaml:"rounds"`
	// Many tasks that all live the timeline, at once or at a steady rate. It needs `profile: load`, and is never scaled.
	Load *loadDoc `yaml:"load"`
	// The one relay task of the scenario. Default: an on-demand task with one file.
	Task *taskDoc `yaml:"task"`
	// Several relay tasks, by key; the steps then say `task: KEY`.
	Tasks strict.Map[taskDoc] `yaml:"tasks"`
	// What happened at CSS, in order.
	Timeline []stepDoc `yaml:"timeline" strict:"required"`
	// What the network and the retry policy made of it.
	Delivery []ruleDoc `yaml:"delivery"`
	// What is asked at the end, beyond what follows from the timeline.
	Expect *expectDoc `yaml:"expect"`

	Keys strict.Keys
	Pos  strict.Pos
}

// The profiles.
const (
	ProfileCore       = "core"
	ProfileDelivery   = "delivery"
	ProfileHostile    = "hostile"
	ProfileDurability = "durability"
	ProfileLoad       = "load"
)

// Profiles lists the profiles in the order in which they are explained. The first three run by default.
func Profiles() []string {
	return []string{ProfileCore, ProfileDelivery, ProfileHostile, ProfileDurability, ProfileLoad}
}

type profile string

func (profile) Values() []string { return Profiles() }

// A relay task. Its ids are made anew for each play, unless given here.
type taskDoc struct {
	// On-demand files (vod) or a live source (live). Default: vod.
	Source source `yaml:"source"`
	// Number of source files of an on-demand task, 1 to 30. Default: 1.
	Files *strict.At[int] `yaml:"files"`
	// normal: 15 digits. wide: 18 digits, above 2^53, so that a receiver that reads the id as a float loses it. Default: normal.
	ID idWidth `yaml:"id"`
	// The stream that the task pushes to. {{task_id}} and {{KEY.stream_id}} are filled in.
	StreamID *strict.At[string] `yaml:"stream_id"`
	// The push address. {{stream_id}} is filled in.
	ToURL *strict.At[string] `yaml:"to_url"`
	// The source addresses. {{task_id}} is filled in.
	SourceURLs []strict.At[string] `yaml:"source_urls"`
	// The task's own callback address, as some callbacks repeat it.
	CallbackURL *strict.At[string] `yaml:"callback_url"`
	// The account's APPID. Default: 4, as in the documented samples.
	AppID *strict.At[int64] `yaml:"appid"`
	// source_urls and callback_url point at the canary listener: whoever fetches them is found out.
	Canary bool `yaml:"canary"`

	Keys strict.Keys
	Pos  strict.Pos
}

type source string

// The kinds of source.
const (
	sourceVod  source = "vod"
	sourceLive source = "live"
)

func (source) Values() []string { return []string{string(sourceVod), string(sourceLive)} }

type idWidth string

func (idWidth) Values() []string { return []string{"normal", "wide"} }
