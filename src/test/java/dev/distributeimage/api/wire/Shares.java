package dev.distributeimage.api.wire;

import dev.distributeimage.api.wire.ResponseMemory.Share;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.mock.web.MockHttpServletRequest;

/** The memory of responses to requests that a test makes up. */
public final class Shares {

	private Shares() {
	}

	/** The memory of a response, of which there is as much as in the service. */
	public static Share one() {
		return new ResponseMemory(new RefusedRequests(new SimpleMeterRegistry())).share(new MockHttpServletRequest());
	}

}
