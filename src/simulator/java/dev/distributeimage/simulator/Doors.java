package dev.distributeimage.simulator;

import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpHandler;
import dev.distributeimage.simulator.http.HttpRequest;
import dev.distributeimage.simulator.http.MalformedRequestException;

/** Routes a request to Image Builder, to STS or to the control paths. */
record Doors(ApiDoor api, StsDoor sts, ControlDoor control) implements HttpHandler {

	@Override
	public HttpAnswer answer(HttpRequest request) throws InterruptedException {
		if (ControlDoor.leadsTo(request)) {
			return this.control.answer(request);
		}
		return StsDoor.leadsTo(request) ? this.sts.answer(request) : this.api.answer(request);
	}

	@Override
	public HttpAnswer refuse(MalformedRequestException reason) {
		return this.api.refuse(reason);
	}

}
