package dev.distributeimage.simulator;

import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpHandler;
import dev.distributeimage.simulator.http.HttpRequest;
import dev.distributeimage.simulator.http.MalformedRequestException;

/** Routes a request to the API or to the control paths. */
record Doors(ApiDoor api, ControlDoor control) implements HttpHandler {

	@Override
	public HttpAnswer answer(HttpRequest request) throws InterruptedException {
		return ControlDoor.leadsTo(request) ? this.control.answer(request) : this.api.answer(request);
	}

	@Override
	public HttpAnswer refuse(MalformedRequestException reason) {
		return this.api.refuse(reason);
	}

}
