package dev.distributeimage.provider;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Counts what a provider is asked for, and lets its answers go wrong. */
public final class Moods implements Filter {

	static final String KEY_SET = "/oauth2/jwks";

	private static final String TOKENS = "/oauth2/token";

	private final AtomicInteger fetches = new AtomicInteger();

	private final AtomicInteger exchanges = new AtomicInteger();

	private volatile Mood mood = Mood.WELL;

	private volatile Mood exchanging = Mood.WELL;

	/** Held by requests that hang. */
	private volatile CountDownLatch end = new CountDownLatch(1);

	/** How a provider answers. */
	public enum Mood {

		/** As it should. */
		WELL,

		/** With 500. */
		BROKEN,

		/** Not at all. */
		HANGING,

		/** A byte now and then, without an end. */
		DRIPPING,

		/** With a redirect. */
		REDIRECTING,

		/** With more than anybody wants to read. */
		ENDLESS,

		/** With a page for people. */
		CHATTING,

		/** With a key set that has no keys. */
		EMPTY

	}

	/** Returns how often the key set was asked for. */
	public int fetches() {
		return this.fetches.get();
	}

	/** Returns how often it was asked for a token. */
	public int exchanges() {
		return this.exchanges.get();
	}

	/** Answers like this from now on; what hangs so far is over. */
	public void become(Mood mood) {
		this.mood = mood;
		endWhatHangs();
	}

	/** Answers those who ask for a token like this; what hangs so far is over. */
	public void becomeForTokens(Mood mood) {
		this.exchanging = mood;
		endWhatHangs();
	}

	private void endWhatHangs() {
		this.end.countDown();
		this.end = new CountDownLatch(1);
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		String path = ((HttpServletRequest) request).getRequestURI();
		if (path.equals(KEY_SET)) {
			this.fetches.incrementAndGet();
		}
		if (path.equals(TOKENS)) {
			this.exchanges.incrementAndGet();
		}
		Mood here = here(path);
		if (here == Mood.WELL) {
			chain.doFilter(request, response);
		}
		else {
			answer(here, (HttpServletResponse) response);
		}
	}

	private Mood here(String path) {
		if (path.equals(TOKENS)) {
			return this.exchanging;
		}
		return (path.equals(KEY_SET) || path.contains("/.well-known/")) ? this.mood : Mood.WELL;
	}

	private void answer(Mood here, HttpServletResponse response) throws IOException {
		switch (here) {
			case WELL, BROKEN -> response.setStatus(500);
			case HANGING -> hang();
			case DRIPPING -> drip(response);
			case REDIRECTING -> response.sendRedirect("/elsewhere");
			case ENDLESS -> response.getWriter().write("{\"keys\":[],\"more\":\"" + "x".repeat(70_000) + "\"}");
			case CHATTING -> response.getWriter().write("<html>Come back later</html>");
			case EMPTY -> response.getWriter().write("{\"keys\":[]}");
		}
	}

	private void hang() {
		try {
			this.end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void drip(HttpServletResponse response) throws IOException {
		try {
			for (CountDownLatch until = this.end; until.getCount() > 0;) {
				response.getOutputStream().write(' ');
				response.flushBuffer();
				if (until.await(100, TimeUnit.MILLISECONDS)) {
					return;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
