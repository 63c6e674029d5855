package dev.distributeimage.api.problem;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.springframework.http.HttpStatus;

/** The problems that this service reports. Each has a page that explains it. */
public enum ProblemType {

	/** The request can be read, but cannot be carried out as it is. */
	INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid",
			"The request could be read, but it cannot be carried out as it is. Nothing was stored.",
			"Correct every violation listed in errors and send the request again. A pointer is a JSON Pointer (RFC 6901) "
					+ "into the body; a parameter is the name of a query parameter. "
					+ "A duplicate member is reported alone, because parsing stops there. "
					+ "If errors is absent, the request line or a header is malformed.",
			"2 parts of the request are not valid."),

	/** The body is not JSON. */
	MALFORMED_JSON(HttpStatus.BAD_REQUEST, "The body is not JSON",
			"The body must be a single JSON object in UTF-8, nested at most 50 levels deep. Nothing was stored.",
			"Correct the body at the given line and column, and send it again.",
			"Line 3, column 14: Unexpected end of the body."),

	/** The body exceeds the size limit. */
	TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large",
			"The body exceeds 1 MiB. It was not read, and nothing was stored.",
			"Send a smaller body. A run usually takes a few kilobytes: if it needs more, split its distributions among "
					+ "several runs.",
			"The body must not be larger than 1 MiB."),

	/** The body did not arrive in time. */
	REQUEST_TIMEOUT(HttpStatus.REQUEST_TIMEOUT, "The body did not arrive in time",
			"The body of the request was not complete within 20 s. The request was not carried out, and the connection "
					+ "was closed.",
			"Send the request again, over a new connection.",
			"The body was not complete after 20 s; the request was not carried out."),

	/** The body is not sent as JSON. */
	UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The media type is not supported",
			"The body must be sent as application/json in UTF-8, without a content coding. Nothing was stored.",
			"Send Content-Type: application/json and no Content-Encoding.",
			"The body must be sent with Content-Type: application/json."),

	/** The service may not do what is asked for. */
	NOT_ALLOWED(HttpStatus.FORBIDDEN, "The request is not allowed",
			"The request is valid, but breaks a rule of this service. Nothing was stored or changed.",
			"Change what errors names, or ask the operator of the service. Each error names its rule and, as a JSON "
					+ "Pointer (RFC 6901), the input of the run. Rule accounts: the infrastructure configuration must be "
					+ "in the account of the service's AWS credentials. Rule no-policy: the caller has no policy that "
					+ "says what it may ask for. All other rules are those of a policy: web.share.public is the key "
					+ "share.public of the policy web.",
			"The service may not do what the request asks for."),

	/** The caller accepts none of the media types available. */
	NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The response would not be acceptable",
			"The Accept header excludes the media type of the response. The request was not carried out.",
			"Accept application/json, or send no Accept header.", "The response would be application/json."),

	/** The request has no token, or one that is not accepted. */
	UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "The caller is not signed in",
			"The request has no token in its Authorization header, or one that this service does not accept; detail "
					+ "says which check failed. The request was not carried out.",
			"Get a token from the issuer that the operator of this service has named, for the audience that the "
					+ "operator has named, and send it as Authorization: Bearer TOKEN. A token that has expired must be "
					+ "replaced.",
			"The token has expired (exp)."),

	/** The caller may not do this, whatever the request says. */
	FORBIDDEN(HttpStatus.FORBIDDEN, "The request is forbidden",
			"The sender may not do this. With a token: it lacks a scope (rule scope), or its claims are those of no "
					+ "caller (no-caller) or of several (ambiguous-caller) that this service knows, or it may change runs of "
					+ "its own owner only (owner). Without sign-in: "
					+ "Sec-Fetch-Site or Origin says that a web page of another origin sent the request, and only pages of "
					+ "this service may change something. The request was not carried out.",
			"Ask the operator of this service for the right, or for a caller that your token matches. Without sign-in: "
					+ "send the request from a tool, or from a page of this service, such as /swagger-ui/. A proxy in "
					+ "between must leave Host as it is.",
			"This takes the scope runs:write, which the caller does not have."),

	/** The service does not have the host that the request names. */
	MISDIRECTED(HttpStatus.MISDIRECTED_REQUEST, "The request is misdirected",
			"The Host header names a host that this service does not serve: without sign-in, it serves localhost, "
					+ "127.0.0.1 and [::1] only, so that no web page reaches it under a name of its own. The request was "
					+ "not carried out.",
			"Use one of these hosts, or have the name by which you call the service added to "
					+ "distribute-image.security.open-hosts.",
			"The Host header names a host that this service does not serve."),

	/** The path does not support this method. */
	METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The method is not allowed here",
			"The path exists, but does not support this method.", "Use one of the methods listed in the Allow header.",
			"DELETE is not allowed here. Allowed: GET, HEAD, OPTIONS."),

	/** The path or the run does not exist. */
	NOT_FOUND(HttpStatus.NOT_FOUND, "Not found", "The path does not exist, or no run or leftover has this id.",
			"Check the path. The id of a run is in the response to the request that started it, and that of a leftover "
					+ "in the list. A run is removed some time after its end; a leftover disappears once its run is "
					+ "retried or another run uses it.",
			"There is no run with this id."),

	/** The client token belongs to a run with different inputs. */
	CLIENT_TOKEN_REUSED(HttpStatus.CONFLICT, "The client token belongs to another run",
			"A run with this client token exists, and has different inputs or another owner. A client token is an "
					+ "idempotency key: it is bound to one owner and one set of inputs. Nothing was stored.",
			"To repeat the original request, send the inputs that the run was started with. To start another run, send "
					+ "a new client token.",
			"The client token belongs to the run /v1/runs/01990000-0000-7000-8000-000000000000, which has other inputs."),

	/** The run with the client token was removed. */
	GONE(HttpStatus.GONE, "The run was removed",
			"The run with this client token ended long ago, and the service has removed it. The token is kept for 7 days "
					+ "after the removal, so that a repeated request does not build the image again. Nothing was stored.",
			"To start another run, send a new client token. The operator of this service decides how long ended runs are "
					+ "kept.",
			"The run with this client token ended long ago, and was removed."),

	/** Only a run that has ended can be retried. */
	RUN_NOT_ENDED(HttpStatus.CONFLICT, "The run has not ended",
			"Only a run that has ended can be retried, and this run has not. Nothing was changed.",
			"Wait until the run has ended, or cancel it first.",
			"The run /v1/runs/01990000-0000-7000-8000-000000000000 is RUNNING."),

	/** A run that has ended cannot be cancelled. */
	RUN_ENDED(HttpStatus.CONFLICT, "The run has ended",
			"The run has ended, so there is nothing to cancel. Nothing was changed.",
			"Get the run to see how it ended. To remove an image that the run built, delete it in AWS.",
			"The run /v1/runs/01990000-0000-7000-8000-000000000000 is SUCCEEDED."),

	/** A run that has succeeded cannot be retried. */
	RUN_SUCCEEDED(HttpStatus.CONFLICT, "The run has succeeded",
			"The run has succeeded, so there is nothing to retry. Nothing was changed.",
			"To build another image, start another run.",
			"The run /v1/runs/01990000-0000-7000-8000-000000000000 is SUCCEEDED."),

	/** A run can be retried only so often. */
	TOO_MANY_RETRIES(HttpStatus.CONFLICT, "The run was retried too often",
			"A run can be retried 100 times. Nothing was changed.",
			"Look into the history of the run for why it fails. To try again, start another run.",
			"The run /v1/runs/01990000-0000-7000-8000-000000000000 was retried 100 times."),

	/** A run whose configuration is being removed cannot be retried. */
	REMOVAL_UNDER_WAY(HttpStatus.CONFLICT, "A removal is under way",
			"AWS may be deleting the distribution configuration of the run at this moment. Nothing was changed.",
			"Wait until the history of the run says that the configuration is removed, or that it stays: usually some "
					+ "seconds, and some minutes if AWS has left a call unanswered. A retry then begins with what is there.",
			"The distribution configuration of the run /v1/runs/01990000-0000-7000-8000-000000000000 is being removed."),

	/** The leftover is of a kind that the service does not remove. */
	NOT_REMOVABLE(HttpStatus.CONFLICT, "The leftover is not removable",
			"The service removes distribution configurations and nothing else: an AMI may be in use where no one can "
					+ "tell. Nothing was changed.",
			"If nobody needs the AMI, deregister it with the command in the member command, with credentials of its "
					+ "account.",
			"The service does not remove AMIs. If nobody needs it: aws ec2 deregister-image --region eu-west-1 "
					+ "--image-id ami-0e0524114ee433f49"),

	/** The page token does not belong to the request. */
	INVALID_PAGE_TOKEN(HttpStatus.BAD_REQUEST, "The page token is not valid",
			"The checksum in the pageToken does not match this request: the token belongs to another list or to other "
					+ "filters, or it was altered.",
			"Send the nextPageToken of the previous page unchanged, with the filters of that page; only pageSize may "
					+ "change. Alternatively, start again without a pageToken.",
			"The pageToken was not issued for this list with these filters."),

	/** The database did not finish the search of a list in time. */
	SEARCH_TIMEOUT(HttpStatus.SERVICE_UNAVAILABLE, "The search took too long",
			"The search did not finish within 2 s and was stopped: its filters leave too many runs to check, or the "
					+ "database is slow.",
			"Add the filter that detail names, and send the request again. If the database was only slow, repeat the "
					+ "request unchanged after the number of seconds in Retry-After.",
			"The search did not finish within 2 s. Add createdAfter to narrow it down."),

	/** The sender's owner asks for more than it may. */
	QUOTA_EXCEEDED(HttpStatus.TOO_MANY_REQUESTS, "The quota is exceeded",
			"The owner of the caller has asked for as much as it may: violated-policies names the limit, and the fields "
					+ "RateLimit-Policy and RateLimit say how much it is and what is left. Others are not affected. The "
					+ "request was not carried out.",
			"Repeat the request after the number of seconds in Retry-After, and then less often. Limit runs-in-flight: wait "
					+ "until a run has ended. Limit open-requests: end one that waits or streams, or get the run without "
					+ "waiting. Ask the operator of this service for more.",
			"The caller's owner has used up its quota of starts: 30 in 60 s. There will be more."),

	/** The service is shedding load. */
	OVERLOADED(HttpStatus.SERVICE_UNAVAILABLE, "The service is overloaded",
			"The service receives more requests than it can handle and is shedding load. The request was not carried out.",
			"Repeat the request after the number of seconds in Retry-After.",
			"There are too many requests at the moment; this one was not carried out."),

	/** The database cannot be reached. */
	UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The service is unavailable",
			"The service cannot reach its database, or the issuer whose keys it needs to verify a token. The request was "
					+ "not carried out, and nothing was stored. Runs that have already started continue once the database "
					+ "is back.",
			"Repeat the request after the number of seconds in Retry-After.",
			"The database cannot be reached; the request was not carried out."),

	/** The request may or may not have been carried out. */
	OUTCOME_UNKNOWN(HttpStatus.SERVICE_UNAVAILABLE, "The outcome of the request is unknown",
			"The database connection was lost during the request. The run may or may not have been stored.",
			"With a clientToken, repeat the request unchanged: it returns the stored run or starts it, and never starts "
					+ "a second one. Without a clientToken, repeating the request may start a second run.",
			"The database connection was lost during the request. It has a clientToken: repeat it unchanged, and no "
					+ "second run is started.");

	private final HttpStatus status;

	private final String title;

	private final String meaning;

	private final String remedy;

	private final String example;

	ProblemType(HttpStatus status, String title, String meaning, String remedy, String example) {
		this.status = status;
		this.title = title;
		this.meaning = meaning;
		this.remedy = remedy;
		this.example = example;
	}

	/** The type with that name in its path, or empty. */
	static Optional<ProblemType> named(String name) {
		return Arrays.stream(values()).filter((type) -> type.pathName().equals(name)).findAny();
	}

	/** A problem of this type, for one request. */
	Problem problem(String detail, Map<String, Object> members) {
		return new Problem(path(), this.title, this.status.value(), detail, members);
	}

	/** The path of its page, and the {@code type} of its problems. */
	public String path() {
		return "/problems/" + pathName();
	}

	/** The last part of the path: the type's name for logs and metrics. */
	public String pathName() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	public HttpStatus status() {
		return this.status;
	}

	public String title() {
		return this.title;
	}

	/** Explains in a sentence or two what has happened. */
	public String meaning() {
		return this.meaning;
	}

	/** Tells a caller what to do about it. */
	public String remedy() {
		return this.remedy;
	}

	/** An example of this type. */
	public Problem example() {
		return problem(this.example, switch (this) {
			case INVALID_REQUEST ->
				Map.of("errors", List.of(Violation.at("/distributions/0/region", "This member is required."),
						Violation.ofParameter("validateOnly", "Must be true or false.")));
			case FORBIDDEN -> Map.of("errors", List.of(Violation.ofRule("scope", this.example)));
			case NOT_ALLOWED -> Map.of("errors", List.of(Violation.ofRule("accounts", "/infrastructureConfigurationArn",
					"The service has no AWS credentials for the account 111122223333.")));
			case MALFORMED_JSON -> Map.of("line", 3, "column", 14);
			case QUOTA_EXCEEDED -> Map.of("violated-policies", List.of("starts"));
			case CLIENT_TOKEN_REUSED, TOO_MANY_RETRIES, REMOVAL_UNDER_WAY ->
				Map.of("run", "/v1/runs/01990000-0000-7000-8000-000000000000");
			case NOT_REMOVABLE ->
				Map.of("command", "aws ec2 deregister-image --region eu-west-1 --image-id ami-0e0524114ee433f49");
			case RUN_NOT_ENDED ->
				Map.of("run", "/v1/runs/01990000-0000-7000-8000-000000000000", "runStatus", "RUNNING");
			case RUN_ENDED, RUN_SUCCEEDED ->
				Map.of("run", "/v1/runs/01990000-0000-7000-8000-000000000000", "runStatus", "SUCCEEDED");
			case TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE, UNAUTHENTICATED, MISDIRECTED, METHOD_NOT_ALLOWED,
					NOT_FOUND, GONE, INVALID_PAGE_TOKEN, REQUEST_TIMEOUT, SEARCH_TIMEOUT, OVERLOADED, UNAVAILABLE,
					OUTCOME_UNKNOWN ->
				Map.of();
		});
	}

}
