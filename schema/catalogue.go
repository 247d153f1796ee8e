package schema

// Where the entries of the catalogue take their rules from.
const (
	fromRFC    = `RFC 8259; "How to Receive Event Notification" (product/267/38080): the body is JSON`
	fromPage   = `"Relay Event Notification" (product/267/42525), tables and samples of every edition`
	fromTables = `"Relay Event Notification" (product/267/42525), tables of the edition named`
	ourRule    = "assumed: nothing is documented about it"
)

// catalogue is sorted by ID.
var catalogue = []Code{
	{
		ID: codeEmpty, Severity: Error, Strict: Error, Title: "the body is empty",
		Explanation: "There is nothing, or nothing but white space. Every callback has a JSON body.",
		Source:      fromRFC,
		Mend:        "Look at what captured it: a body that was read twice is empty the second time.",
	},
	{
		ID: codeTooLong, Severity: Error, Strict: Error, Title: "the body is longer than the limit",
		Explanation: "Bodies beyond the limit are not read. The longest documented callback is far below 512 KiB.",
		Source:      "limit of this program (512 KiB unless set)",
		Mend:        "Raise the limit (--max-bytes) if the body is real.",
	},
	{
		ID: codeBOM, Severity: Error, Strict: Error, Title: "a byte order mark stands before the JSON text",
		Explanation: "JSON sent over a network must not begin with a byte order mark, and many parsers refuse it.",
		Source:      "RFC 8259, section 8.1",
		Mend:        "Write the capture without it: editors and shells on Windows put it there.",
	},
	{
		ID: codeSyntax, Severity: Error, Strict: Error, Title: "the body is not JSON",
		Explanation: "The text breaks the grammar of JSON at the offset given, or ends too early.",
		Source:      fromRFC,
		Mend:        "If it ends too early, the capture was cut: look at its limits. Else see what wrote it.",
	},
	{
		ID: codeTrailing, Severity: Error, Strict: Error, Title: "bytes stand after the JSON text",
		Explanation: "After the value only white space may follow. Some parsers ignore what follows, others refuse the whole.",
		Source:      fromRFC,
		Mend:        "Put each document on a line of its own; two bodies on one line are usually a missing newline in the capture.",
	},
	{
		ID: codeUTF8, Severity: Error, Strict: Error, Title: "the text is not valid UTF-8",
		Explanation: "JSON is UTF-8. Most parsers silently replace broken bytes, so what they store is not what was sent.",
		Source:      "RFC 8259, section 8.1",
		Mend:        "Look for something that re-encodes or cuts the body between the network and the capture.",
	},
	{
		ID: codeSurrogate, Severity: Error, Strict: Error, Title: "half of a surrogate pair",
		Explanation: "A \\u escape between D800 and DFFF stands for a character only as one of two. Alone it is no text, and parsers replace or refuse it.",
		Source:      "RFC 8259, section 8.2",
		Mend:        "Look for something that cuts texts by UTF-16 units.",
	},
	{
		ID: codeDuplicate, Severity: Error, Strict: Error, Title: "a name occurs twice in one object",
		Explanation: "Parsers differ in which of the two they keep, so two receivers see two callbacks. The last is taken here.",
		Source:      "RFC 8259, section 4",
		Mend:        "Send or capture each name once.",
	},
	{
		ID: codeDeep, Severity: Error, Strict: Error, Title: "nested deeper than 64",
		Explanation: "Arrays and objects may nest 64 deep here. Relay callbacks need one level; the deepest documented callback of the family needs six.",
		Source:      "limit of this program",
		Mend:        "Such a body is made to exhaust a parser: it is no callback.",
	},
	{
		ID: codeWildNumber, Severity: Warning, Strict: Warning, Title: "a number that no program can hold",
		Explanation: "The number has more than 64 characters or an exponent beyond 400, so no parser keeps its value. In its place one of its kind is judged: zero, a fraction, or a whole number a little beyond 2^53.",
		Source:      "limit of this program",
		Mend:        "Such a number is made to exhaust a parser: it is no callback of CSS.",
	},
	{
		ID: codeNotObject, Severity: Error, Strict: Error, Title: "the body is not a JSON object",
		Explanation: "A callback is one JSON object.",
		Source:      fromPage,
		Mend:        "If the callback is wrapped into something else by the capture, unwrap it.",
	},
	{
		ID: codeMany, Severity: Error, Strict: Error, Title: "more than 10,000 entries in one array or object",
		Explanation: "An object may have 10,000 members here, and an array as many items. Callbacks have a dozen members; source_urls holds at most 30 URLs.",
		Source:      "limit of this program",
		Mend:        "Such a body is made to exhaust a parser: it is no callback.",
	},
	{
		ID: codeNoEventType, Severity: Error, Strict: Error, Title: "event_type is missing",
		Explanation: "Every callback of the family says in event_type what it is; 314 is a relay callback.",
		Source:      fromPage,
		Mend:        "See whether the body is a callback at all.",
	},
	{
		ID: codeEventTypeType, Severity: Error, Strict: Error, Title: "event_type is not a number",
		Explanation: "event_type is the number 314 in every table and sample.",
		Source:      fromPage,
		Mend:        "Send the number. A receiver that compares loosely would take text or null for another event.",
	},
	{
		ID: codeOtherEventType, Severity: Error, Strict: Error, Title: "event_type is a number that no page lists",
		Explanation: "Relay callbacks carry 314. The other callbacks of the family carry 0, 1, 100, 200, 315, 317, 321, 332, 338, 341, 343, 344, 347, 348 or 349; those of StreamLive carry 329 or 330.",
		Source:      fromPage + " and the pages of the family, to 2025-12",
		Mend:        "See whether the body is a callback of CSS.",
	},
	{
		ID: codeSibling, Severity: Error, Strict: Error, Title: "another callback of the family, where only relay callbacks are allowed",
		Explanation: "The body is a callback of CSS, but not of a relay task. That is an error only where it was asked for.",
		Source:      "option OnlyRelay, flag --only-relay",
		Mend:        "Leave --only-relay out, or filter the capture by event_type.",
	},
	{
		ID: codeMissing, Severity: Error, Strict: Error, Title: "a field is missing",
		Explanation: "The tables and the samples of the event have the field. stream_id, task_id and to_url may be missing from TaskExit, whose sample lacks them.",
		Source:      fromPage,
		Mend:        "Send it; if real callbacks lack it, please report the capture: it would be news.",
	},
	{
		ID: codeType, Severity: Error, Strict: Error, Title: "a field has another type",
		Explanation: "Neither a table nor a sample of the edition shows this type for the field.",
		Source:      fromPage,
		Mend:        "Send the type named.",
	},
	{
		ID: codeMsgNotText, Severity: Error, Strict: Error, Title: "msg is not text",
		Explanation: "msg is a string that itself holds JSON. An object in its place is what a tool makes that decodes nested strings.",
		Source:      fromPage,
		Mend:        "Encode msg as JSON text first, then put that text into the envelope.",
	},
	{
		ID: codeMsgNotJSON, Severity: Error, Strict: Error, Title: "the text in msg is not JSON",
		Explanation: "msg is a string that itself holds JSON; a receiver decodes it a second time, and that fails here.",
		Source:      fromPage,
		Mend:        "Look for wrong escaping: doubled backslashes as the vendor's site shows them are an artefact of its rendering.",
	},
	{
		ID: codeMsgNotObject, Severity: Error, Strict: Error, Title: "the text in msg is not a JSON object",
		Explanation: "Every documented msg holds an object. Text in its place means that it was encoded once too often.",
		Source:      fromPage,
		Mend:        "Encode the object once.",
	},
	{
		ID: codeMsgMissing, Severity: Error, Strict: Error, Title: "a member of msg is missing",
		Explanation: "The table and the sample of the event have the member.",
		Source:      fromPage,
		Mend:        "Send it; if real callbacks lack it, please report the capture: it would be news.",
	},
	{
		ID: codeMsgType, Severity: Error, Strict: Error, Title: "a member of msg has another type",
		Explanation: "Neither a table nor a sample shows this type for the member. index and code may be whole numbers or text, times and duration are whole numbers.",
		Source:      fromPage,
		Mend:        "Send the type named.",
	},
	{
		ID: codeURLsNotText, Severity: Error, Strict: Error, Title: "source_urls is not text",
		Explanation: "source_urls is a string that itself holds a JSON array. An array in its place is what a tool makes that decodes nested strings.",
		Source:      fromPage,
		Mend:        "Encode the array as JSON text first, then put that text into the envelope.",
	},
	{
		ID: codeURLsNotJSON, Severity: Error, Strict: Error, Title: "the text in source_urls is not JSON",
		Explanation: "source_urls is a string that itself holds a JSON array, followed by a newline in the samples; a receiver decodes it a second time, and that fails here.",
		Source:      fromPage,
		Mend:        "Look for wrong escaping.",
	},
	{
		ID: codeURLsNotArray, Severity: Error, Strict: Error, Title: "the text in source_urls is not a JSON array",
		Explanation: "Every sample holds an array of strings, even for a single URL.",
		Source:      fromPage,
		Mend:        "Send an array.",
	},
	{
		ID: codeURLType, Severity: Error, Strict: Error, Title: "an entry of source_urls is not text",
		Explanation: "Every sample holds an array of strings.",
		Source:      fromPage,
		Mend:        "Send the URLs as strings.",
	},
	{
		ID: codeUnknownKey, Severity: Warning, Strict: Warning, Title: "a field that no edition documents",
		Explanation: "Neither a table nor a sample of any edition has it. The vendor adds fields, so receivers have to tolerate it; it may also be misspelt.",
		Source:      fromPage,
		Mend:        "Correct the spelling if that is the reason; else nothing.",
	},
	{
		ID: codeUnknownMember, Severity: Warning, Strict: Warning, Title: "a member of msg that is not documented for the event",
		Explanation: "Neither the table nor the sample of the event has it. The vendor adds members, so receivers have to tolerate it; it may also be misspelt or belong to another event.",
		Source:      fromPage,
		Mend:        "Correct the spelling if that is the reason; else nothing.",
	},
	{
		ID: codeEarlyTime, Severity: Warning, Strict: Warning, Title: "event_time before its edition",
		Explanation: "event_time is in the tables from the 2024-04 edition on. In an earlier edition it is one more unknown field.",
		Source:      `"Relay Event Notification" (product/267/42525), tables of 2024-04 and 2025-09`,
		Mend:        "Validate against a newer edition, or against all (--edition auto).",
	},
	{
		ID: codeUnknownEvent, Severity: Warning, Strict: Warning, Title: "a callback_event that the edition does not name",
		Explanation: "TaskStart, VodSourceFileStart, VodSourceFileFinish and TaskExit are in every edition, TaskAlarm in 2025-09; the API's list of selectable events also has ResetTaskConfig. Receivers have to answer 200 to events that they do not know.",
		Source:      fromTables + "; API CreateLivePullStreamTask, CallbackEvents",
		Mend:        "Correct the spelling if that is the reason; else nothing. Only the envelope is checked.",
	},
	{
		ID: codeTableType, Severity: Warning, Strict: Error, Title: "another type than the edition's table says",
		Explanation: "The type is known from elsewhere (another edition, a sample of another event, an example that stands in the table without quotes), but this edition's table says otherwise, and no sample of the event shows it. With --reading documented, where the tables alone count, it is an error.",
		Source:      fromTables,
		Mend:        "If you make the callbacks, use the type that the table says. A receiver should take both.",
	},
	{
		ID: codeTableMissing, Severity: Warning, Strict: Error, Title: "a field of the edition's table is missing",
		Explanation: "The table has the field, but there is no sample to confirm it: none of this event, or the body does not say which event it is. With --reading documented, where the tables alone count, it is an error.",
		Source:      fromTables,
		Mend:        "If you make the callbacks, put it in. A receiver should do without it: the sample of TaskExit lacks stream_id, task_id and to_url.",
	},
	{
		ID: codeTableValue, Severity: Warning, Strict: Error, Title: "a value that the edition's table does not list",
		Explanation: "The table lists the values of this field, and this is none of them. With --reading documented, where the tables alone count, it is an error.",
		Source:      fromTables,
		Mend:        "Correct the spelling if that is the reason; else nothing.",
	},
	{
		ID: codeNegative, Severity: Warning, Strict: Warning, Title: "a negative number where none makes sense",
		Explanation: "Times, durations, indexes and ids are not negative in any sample; code is, and may be.",
		Source:      ourRule,
		Mend:        "Look at what computed it: an unset time shows as 0 in the samples.",
	},
	{
		ID: codeHuge, Severity: Warning, Strict: Warning, Title: "a number beyond 2^53",
		Explanation: "Beyond 9007199254740991, on either side of zero, many JSON parsers round. Millisecond times have 13 digits, the samples' other numbers fewer.",
		Source:      ourRule,
		Mend:        "Send ids of such size as text; look at what computed it.",
	},
	{
		ID: codeNotWhole, Severity: Warning, Strict: Warning, Title: "text that is not a whole number",
		Explanation: "index, code and event_time may be text, but what they hold are whole numbers in every sample and example.",
		Source:      ourRule,
		Mend:        "Send the digits alone.",
	},
	{
		ID: codeSigned, Severity: Warning, Strict: Warning, Title: "a relay callback with sign or t",
		Explanation: "The other callbacks of the family carry sign and t; no edition of the relay page lists them and no sample has them. They are not checked here.",
		Source:      `"How to Receive Event Notification" (product/267/38080) for the family; not on the relay page`,
		Mend:        "Nothing: receivers have to tolerate them. If CSS really sent it, please report the capture: it would be news.",
	},
	{
		ID: codeOptions, Severity: Error, Strict: Error, Title: "asked for an edition or a reading that does not exist",
		Explanation: "The body was not looked at.",
		Source:      "this program",
		Mend:        "`relaycheck schema list` shows the editions; the readings are wire and documented. In Go they are Editions and Readings.",
	},
	{
		ID: codeInternal, Severity: Error, Strict: Error, Title: "the validator itself failed",
		Explanation: "A part of the validator gave up on this body. Nothing is said about the body.",
		Source:      "this program",
		Mend:        "Please report it, with the body unless that holds something secret.",
	},
}
