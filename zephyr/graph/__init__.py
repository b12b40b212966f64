"""The task graph: keyed work, run once, under limits, with structured cancellation.

It knows tasks, not packages, and speaks anyio only, so it runs on every async backend::

    async with TaskGraph(limits={Resource.NETWORK: 32}, listener=show) as graph:
        graph.start(Node(("listing", "dep"), Resource.NETWORK, fetch_dep))  # a guess
        page = await graph.get(Node(("listing", "demo"), Resource.NETWORK, fetch_demo))

`node` says what a task is, `work` what an action may do, `limits` who may run, `events` what is told,
`errors` what is raised, `run` how one execution is kept, and `graph` joins them.
"""
