package dev.distributeimage.api.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.api.wire.ResponseMemory.Share;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.view.RunEvent;
import dev.distributeimage.run.view.RunHistory;
import dev.distributeimage.run.view.RunHistory.Cursor;
import dev.distributeimage.run.view.RunProgress;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** Server-sent events: the open streams, and what is sent to them. */
@Component
public class EventStreams implements RunListener {

	/** The maximum number of events sent to a stream before it must be read. */
	private static final int AT_ONCE = 500;

	/** The number of streams for which events are read at once. */
	private static final int READ_AT_ONCE = 8;

	/** The number of heartbeats after which a client that reads nothing is dropped. */
	private static final int HEARTBEATS_MISSED = 4;

	private static final byte[] HEARTBEAT = EventStream.bytes(":\n\n");

	/** Tells a client to come again with another token. */
	private static final byte[] EXPIRED = EventStream.bytes(": token expired\n\n");

	private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

	private final RunHistory history;

	private final JsonMapper json;

	private final OpenRequests openRequests;

	private final long heartbeatNanos;

	private volatile boolean stopping;

	EventStreams(RunHistory history, JsonMapper json, OpenRequests openRequests, WatchSettings settings) {
		this.history = history;
		this.json = json;
		this.openRequests = openRequests;
		this.heartbeatNanos = settings.heartbeat().toNanos();
	}

	/**
	 * Answers a request with the events after a cursor, and with those to come.
	 * @throws ProblemException if too many requests wait or stream already
	 */
	public void open(Cursor cursor, RunProgress progress, HttpServletRequest request, HttpServletResponse response) {
		List<RunEvent> events = this.history.after(cursor, AT_ONCE);
		Share memory = ResponseMemory.of(request);
		memory.requireToMake(weight(events));
		Caller caller = Caller.of(request);
		begin(caller, response);
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		EventStream stream = stream(cursor, request.startAsync(), memory, caller);
		this.openRequests.timeLeft(caller).ifPresent(stream::expireIn);
		this.streams.add(stream);
		if (!events.isEmpty()) {
			stream.send(bytes(events), last(events));
		}
		if (this.stopping || isAtItsEnd(stream, progress)) {
			stream.end();
		}
		stream.begin();
	}

	// The connections of thousands that come again would be too many.
	private void begin(Caller caller, HttpServletResponse response) {
		try {
			this.openRequests.begin(caller);
		}
		catch (ProblemException ex) {
			response.setHeader(HttpHeaders.CONNECTION, "close");
			throw ex;
		}
	}

	private EventStream stream(Cursor cursor, AsyncContext context, Share memory, Caller caller) {
		try {
			return new EventStream(cursor, context, memory, (stream) -> forget(stream, caller));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void forget(EventStream stream, Caller caller) {
		if (this.streams.remove(stream)) {
			this.openRequests.end(caller);
		}
	}

	/** The number of open streams. */
	int count() {
		return this.streams.size();
	}

	@Override
	public void started() {
		this.stopping = false;
	}

	@Override
	public Set<UUID> runs() {
		return this.streams.stream().map(EventStream::run).collect(Collectors.toSet());
	}

	@Override
	public void progress(Set<UUID> asked, Map<UUID, RunProgress> found) {
		Map<Cursor, List<EventStream>> behind = new HashMap<>();
		for (EventStream stream : this.streams) {
			RunProgress progress = found.get(stream.run());
			if (progress == null) {
				if (asked.contains(stream.run())) {
					stream.end();
				}
			}
			else if (isAtItsEnd(stream, progress)) {
				stream.end();
			}
			else if (stream.sent() < progress.lastEvent() && stream.isDrained()) {
				behind.computeIfAbsent(new Cursor(stream.run(), stream.sent()), (cursor) -> new ArrayList<>())
					.add(stream);
			}
		}
		catchUp(behind);
	}

	// A few at a time, because each may be behind by hundreds of events.
	private void catchUp(Map<Cursor, List<EventStream>> behind) {
		List<Cursor> cursors = List.copyOf(behind.keySet());
		for (int from = 0; from < cursors.size(); from += READ_AT_ONCE) {
			List<Cursor> some = cursors.subList(from, Math.min(from + READ_AT_ONCE, cursors.size()));
			this.history.after(some, AT_ONCE)
				.forEach((cursor, events) -> send(behind.getOrDefault(cursor, List.of()), events));
		}
	}

	private void send(List<EventStream> behind, List<RunEvent> events) {
		byte[] bytes = bytes(events);
		behind.forEach((stream) -> stream.send(bytes, last(events)));
	}

	// A run that was retried has more events than when it ended.
	private static boolean isAtItsEnd(EventStream stream, RunProgress progress) {
		return progress.hasEnded() && stream.sent() == progress.lastEvent();
	}

	@Override
	public void tick() {
		for (EventStream stream : this.streams) {
			long silence = stream.nanosSinceWritten();
			if (stream.isExpired()) {
				stream.sendComment(EXPIRED);
				stream.end();
			}
			else if (silence >= this.heartbeatNanos && stream.isDrained()) {
				stream.sendComment(HEARTBEAT);
			}
			else if (silence >= this.heartbeatNanos * HEARTBEATS_MISSED) {
				stream.close();
			}
		}
	}

	@Override
	public void stopped() {
		this.stopping = true;
		this.streams.forEach(EventStream::end);
	}

	private static long weight(List<RunEvent> events) {
		return events.stream().mapToLong(RunEvent::weight).sum();
	}

	private static long last(List<RunEvent> events) {
		return events.get(events.size() - 1).sequence();
	}

	private byte[] bytes(List<RunEvent> events) {
		return EventStream.bytes(events.stream().map(this::text).collect(Collectors.joining()));
	}

	private String text(RunEvent event) {
		return "id: %d\nevent: %s\ndata: %s\n\n".formatted(event.sequence(), event.type(),
				this.json.writeValueAsString(EventView.of(event)));
	}

}
