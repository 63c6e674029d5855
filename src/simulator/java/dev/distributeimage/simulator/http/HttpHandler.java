package dev.distributeimage.simulator.http;

/** Answers requests. Called by many threads at once; may block. */
public interface HttpHandler {

	HttpAnswer answer(HttpRequest request) throws InterruptedException;

	/** Answers input that is malformed or too large. */
	HttpAnswer refuse(MalformedRequestException reason);

}
