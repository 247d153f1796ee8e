package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// The readings, as they are spelled in paths.
const (
	documented = "documented"
	wire       = "wire"
)

// A schema is as much of JSON Schema as callbacks need. Its fields are in the order of the files.
type schema struct {
	Schema           string             `json:"$schema,omitempty"`
	ID               string             `json:"$id,omitempty"`
	Title            string             `json:"title,omitempty"`
	Description      string             `json:"description,omitempty"`
	Comment          string             `json:"$comment,omitempty"`
	Type             any                `json:"type,omitempty"`
	Const            any                `json:"const,omitempty"`
	Enum             []string           `json:"enum,omitempty"`
	ContentMediaType string             `json:"contentMediaType,omitempty"`
	Items            *schema            `json:"items,omitempty"`
	AnyOf            []*schema          `json:"anyOf,omitempty"`
	Required         []string           `json:"required,omitempty"`
	Properties       map[string]*schema `json:"properties,omitempty"`
	If               *schema            `json:"if,omitempty"`
	Then             *schema            `json:"then,omitempty"`
}

// Render makes every schema file: path below schema/editions -> content.
func Render() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, e := range table {
		for _, reading := range []string{documented, wire} {
			docs := map[string]*schema{
				"envelope":    envelope(e, reading),
				"source_urls": sourceURLs(e, reading),
			}
			for _, ev := range events {
				docs["msg."+ev.name] = msg(e, reading, ev)
			}
			if e.alarm {
				docs["msg.TaskAlarm"] = alarm(e, reading)
			}
			for name, doc := range docs {
				path := e.date + "/" + reading + "/" + name + ".json"
				doc.Schema = "https://json-schema.org/draft/2020-12/schema"
				doc.ID = BaseURL + path
				data, err := encode(doc)
				if err != nil {
					return nil, fmt.Errorf("render %s: %w", path, err)
				}
				files[path] = data
			}
		}
	}
	return files, nil
}

func encode(doc *schema) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(doc)
	return b.Bytes(), err
}

func envelope(e edition, reading string) *schema {
	s := &schema{
		Title: fmt.Sprintf("Relay callback, envelope (%s, %s)", e.date, reading),
		Type:  "object",
		Properties: map[string]*schema{
			"appid":          {Type: "integer", Description: e.appid},
			"appId":          {Type: "integer", Description: "Another spelling of appid. " + e.appid},
			"event_type":     {Type: "integer", Const: 314, Description: "314 in every edition, in tables and samples."},
			"callback_event": {Type: "string", Description: "The event. Table and samples: string."},
			"source_urls": {
				Type: "string", ContentMediaType: "application/json",
				Description: "Table: string. Samples: a string that holds a JSON array of strings, followed by one newline. Its content: source_urls.json.",
			},
			"to_url":    {Type: "string", Description: "Where the task pushes to. Table: string. Absent from the TaskExit sample."},
			"stream_id": {Type: "string", Description: "The stream's name. Table: string. Empty in the 2021-10 samples, absent from the TaskExit sample."},
			"task_id":   {Type: "string", Description: "The relay task. Table: string. Samples: decimal digits. Absent from the TaskExit sample."},
			"msg": {
				Type: "string", ContentMediaType: "application/json",
				Description: e.msg + " Its content: msg.<callback_event>.json.",
			},
			"interface":    {Type: "string", Description: "In no table. Samples: general_callback."},
			"product_name": {Type: "string", Description: "In no table. Samples: pullpush."},
			"callback_url": {Type: "string", Description: "In no table. In the samples of VodSourceFileStart and VodSourceFileFinish only."},
		},
		AnyOf:    []*schema{{Required: []string{"appid"}}, {Required: []string{"appId"}}},
		Required: []string{"callback_event", "event_type", "msg", "source_urls"},
	}
	if e.time != "" {
		s.Properties["event_time"] = &schema{
			Type:        "string",
			Description: "When the event happened. " + e.time,
			Comment:     "Not required: no sample carries it. Ten digits, so Unix seconds; the unit is not stated.",
		}
	}
	switch reading {
	case documented:
		s.Description = "What the tables say. Source: " + e.source + "."
		s.Comment = "The tables call stream_id, task_id and to_url common to all events; the TaskExit sample lacks them. " +
			"Fields that only samples show are listed and not required."
		s.Required = append(s.Required, ids...)
		s.Properties["callback_event"].Enum = names(e)
	case wire:
		s.Description = "What the tables or the samples show. Source: " + e.source + "."
		s.Comment = "stream_id, task_id and to_url are required where the event's sample carries them. " +
			"Any callback_event passes: a receiver meets new ones."
		s.If = &schema{Properties: map[string]*schema{"callback_event": {Enum: sampled}}, Required: []string{"callback_event"}}
		s.Then = &schema{Required: ids}
		if e.time != "" {
			s.Properties["event_time"].Type = []string{"integer", "string"}
		}
	}
	slices.Sort(s.Required)
	return s
}

// names lists the events that an edition's tables name.
func names(e edition) []string {
	var list []string
	for _, ev := range events {
		list = append(list, ev.name)
	}
	if e.alarm {
		list = append(list, "TaskAlarm")
	}
	return list
}

func sourceURLs(e edition, reading string) *schema {
	return &schema{
		Title:       fmt.Sprintf("Relay callback, content of source_urls (%s, %s)", e.date, reading),
		Description: "The JSON array inside the string source_urls: the task's source URLs. Source: " + e.source + ", samples.",
		Comment:     "No format: the samples' URLs are masked with asterisks.",
		Type:        "array",
		Items:       &schema{Type: "string"},
	}
}

func msg(e edition, reading string, ev event) *schema {
	s := &schema{
		Title:       fmt.Sprintf("Relay callback, content of msg of %s (%s, %s)", ev.name, e.date, reading),
		Description: fmt.Sprintf("The JSON object inside the string msg when %s. Source: %s, ", ev.meaning, e.source),
		Type:        "object",
		Properties:  map[string]*schema{},
	}
	if reading == documented {
		s.Description += "table."
	} else {
		s.Description += "table and sample."
	}
	for _, m := range ev.members {
		s.Properties[m.name] = m.schema(reading)
		s.Required = append(s.Required, m.name)
	}
	slices.Sort(s.Required)
	return s
}

func alarm(e edition, reading string) *schema {
	s := msg(e, reading, event{"TaskAlarm", "something goes wrong with the task", nil})
	s.Description = "The JSON object inside the string msg of an alarm. Source: " + e.source + ", table; no sample exists."
	s.Comment = "Which members an alarm carries beside type is not documented; those of the table keep their types. " +
		"The API's text calls the field AlarmType."
	for _, ev := range events {
		for _, m := range ev.members {
			s.Properties[m.name] = m.schema(reading)
		}
	}
	kind := &schema{Type: "string", Description: "The kind of alarm. Table: string."}
	s.Properties["type"] = kind
	if reading == documented {
		kind.Enum = alarmTypes
		s.Required = []string{"type"}
	}
	return s
}

func (m member) schema(reading string) *schema {
	s := &schema{Type: m.table, Description: m.about}
	if reading == wire && m.wire != nil {
		s.Type = m.wire
	}
	return s
}
