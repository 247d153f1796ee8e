package receivers

var python = example{
	name:    "python",
	needs:   []string{"python3"},
	storage: inFile("DATABASE", "receiver.db"),
	loaded:  true,
	bugs: []bug{
		{
			name: "answers before it stores", file: "receiver.py",
			old:         "        self.store.add(read_event(callback))  # committed before it is answered",
			new:         "        threading.Timer(1, self.store.add, [read_event(callback)]).start()",
			requirement: "DUR-2",
		},
		{
			name: "takes a copy for another callback, for it comes at another time", file: "callback.py",
			old:         `identity = [row["task"] or row["sources"],`,
			new:         `identity = [__import__("time").time_ns(), row["task"] or row["sources"],`,
			requirement: "DUP-1",
		},
		{
			name: "goes by the order of arrival", file: "store.py",
			old:         "            if not (now > 0 and then > 0 and now < then):",
			new:         "            if now or not then:",
			requirement: "ORD-3",
		},
		{
			name: "ends every task for an exit without ids", file: "store.py",
			old:         "  and sources in (select sources from events where task = :task)\n",
			new:         "",
			requirement: "ENV-6",
		},
		{
			name: "reads the body as Latin-1", file: "receiver.py",
			old:         `loads(body.decode("utf-8"))`,
			new:         `loads(body.decode("latin-1"))`,
			requirement: "MSG-8",
		},
	},
}
