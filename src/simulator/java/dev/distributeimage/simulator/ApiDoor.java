package dev.distributeimage.simulator;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import dev.distributeimage.simulator.RecordedRequest.Reply;
import dev.distributeimage.simulator.RecordedRequest.Target;
import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpAnswer.Delivery;
import dev.distributeimage.simulator.http.HttpRequest;
import dev.distributeimage.simulator.http.MalformedRequestException;
import dev.distributeimage.simulator.shape.ServiceModel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Serves the API over HTTP. A request is recorded, meets the faults that strike before
 * a commit, is authenticated, validated and carried out, meets the faults that strike
 * after the commit, and is answered.
 */
final class ApiDoor {

	private record Answered(HttpAnswer answer, Outcome outcome) {
	}

	private final ServiceModel model;

	private final ImageBuilder imageBuilder;

	private final Faults faults;

	private final Requests requests;

	private final Sts sts;

	private final Supplier<SimulatorSettings> settings;

	ApiDoor(ServiceModel model, ImageBuilder imageBuilder, Faults faults, Requests requests, Sts sts,
			Supplier<SimulatorSettings> settings) {
		this.sts = sts;
		this.model = model;
		this.imageBuilder = imageBuilder;
		this.faults = faults;
		this.requests = requests;
		this.settings = settings;
	}

	HttpAnswer answer(HttpRequest http) throws InterruptedException {
		String requestId = UUID.randomUUID().toString();
		RecordedRequest request = record(http);
		Answered answered = struck(request, requestId);
		HttpAnswer answer = answered.answer();
		int status = (answer.delivery() == Delivery.RESET) ? 0 : answer.status();
		this.requests.answered(request.number(),
				new Reply(status, answer.headers().get(ApiAnswers.ERROR_TYPE), answered.outcome()));
		return answer;
	}

	HttpAnswer refuse(MalformedRequestException reason) {
		String code = (reason.status() == 413) ? "RequestEntityTooLargeException" : "MalformedHttpRequestException";
		return ApiAnswers.error(new ApiException(reason.status(), code, String.valueOf(reason.getMessage())),
				UUID.randomUUID().toString());
	}

	private RecordedRequest record(HttpRequest http) {
		Optional<Operation> operation = operation(http);
		Optional<String> region = unsignedRegion(http)
			.or(() -> CredentialScope.find(http).map(CredentialScope::region));
		RecordedRequest request = new RecordedRequest(this.requests.nextNumber(), this.settings.get().clock().instant(),
				new Target(operation.orElse(null), region.orElse(null)), http,
				operation.map((known) -> readable(http, known)).orElseGet(MissingNode::getInstance), Reply.NONE);
		this.requests.arrived(request);
		return request;
	}

	private Answered struck(RecordedRequest request, String requestId) throws InterruptedException {
		Optional<FaultRule> striking = this.faults.striking(request);
		if (striking.isEmpty()) {
			return genuine(request, requestId);
		}
		FaultRule rule = striking.get();
		Fault fault = rule.fault();
		if (fault.isAfterCommit()) {
			Answered genuine = genuine(request, requestId);
			this.requests.answered(request.number(), new Reply(0, null, genuine.outcome()));
			rule.await();
			return new Answered(fault.applyTo(genuine.answer()), genuine.outcome());
		}
		rule.await();
		if (!fault.damages()) {
			return genuine(request, requestId);
		}
		HttpAnswer nothingDone = ApiAnswers.success(Json.object().put("requestId", requestId), requestId);
		return new Answered(fault.applyTo(nothingDone), Outcome.FAULTED);
	}

	private Answered genuine(RecordedRequest request, String requestId) {
		try {
			Call call = call(request, requestId);
			ImageBuilder.Result result = this.imageBuilder.carryOut(call);
			return new Answered(ApiAnswers.success(result.answer(), requestId), result.outcome());
		}
		catch (ApiException ex) {
			return new Answered(ApiAnswers.error(ex, requestId), Outcome.REFUSED);
		}
	}

	private Call call(RecordedRequest request, String requestId) {
		HttpRequest http = request.http();
		Operation operation = operation(http)
			.orElseThrow(() -> new ApiException(404, "UnknownOperationException", "The operation does not exist."));
		String region = unsignedRegion(http).orElseGet(() -> CredentialScope.of(http, "imagebuilder").region());
		Identity caller = CredentialScope.find(http)
			.map((scope) -> this.sts.caller(http, scope))
			.orElseGet(() -> Identity.user(this.settings.get().account(), region));
		JsonNode parameters = request.parameters();
		if (parameters.isMissingNode()) {
			parameters = Parameters.of(http, this.model.operation(operation.wireName()));
		}
		return new Call(operation, region, caller, parameters, requestId, this.settings.get().clock().instant());
	}

	// Clients that cannot sign, such as runners of workflows, send no Authorization at all.
	private Optional<String> unsignedRegion(HttpRequest http) {
		return http.header("authorization").isPresent() ? Optional.empty()
				: Optional.ofNullable(this.settings.get().unsignedRegion());
	}

	private Optional<Operation> operation(HttpRequest http) {
		return this.model.operation(http.method(), http.path()).flatMap((known) -> Operation.named(known.name()));
	}

	private JsonNode readable(HttpRequest http, Operation operation) {
		try {
			return Parameters.of(http, this.model.operation(operation.wireName()));
		}
		catch (ApiException ex) {
			return MissingNode.getInstance();
		}
	}

}
