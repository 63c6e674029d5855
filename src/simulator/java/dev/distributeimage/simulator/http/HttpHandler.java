package dev.distributeimage.simulator.http;

/** Answers requests; called by many threads at once, and free to block. */
public interface HttpHandler {

	HttpAnswer answer(HttpRequest request) throws InterruptedException;

	/** Answers what is not HTTP, or too much of it. */
	HttpAnswer refuse(MalformedRequestException reason);

}
