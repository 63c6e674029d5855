package dev.distributeimage.api.problem;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.springframework.http.HttpStatus;

/** The problems that this service answers with. Each has a page that explains it. */
public enum ProblemType {

	/** The request is understood, and says something that cannot be carried out. */
	INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid",
			"The request could be read, but it asks for something that cannot be carried out. Nothing was stored.",
			"Correct what errors lists, all of it, and send the request again. A pointer is a JSON Pointer (RFC 6901) "
					+ "into the body; a parameter is one of the query. "
					+ "Without errors it is the request line or a header that is malformed.",
			"2 parts of the request are not valid."),

	/** The body is not JSON. */
	MALFORMED_JSON(HttpStatus.BAD_REQUEST, "The body is not JSON",
			"The body must be one JSON object in UTF-8, nested no deeper than 50 levels. Nothing was stored.",
			"Correct the body at the line and column given and send it again.",
			"Line 3, column 14: Unexpected end of the body."),

	/** The body is larger than is taken. */
	TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large",
			"The body has more than 1 MiB. It was not read, and nothing was stored.",
			"Send a smaller body. A run is given in a few kilobytes: split the distributions among several runs.",
			"The body must not be larger than 1 MiB."),

	/** The body comes as something else than JSON. */
	UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The media type is not supported",
			"Bodies are taken as application/json in UTF-8, without any content coding. Nothing was stored.",
			"Send Content-Type: application/json, and no Content-Encoding.",
			"The body must come with Content-Type: application/json."),

	/** The caller takes nothing that can be given. */
	NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The answer would not be acceptable",
			"The Accept header leaves out the media type of the answer. The request was not carried out.",
			"Accept application/json, or send no Accept header.", "The answer would be application/json."),

	/** The path is there, but not for this method. */
	METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The method is not allowed here",
			"There is such a path, but not for this method.", "Use one of the methods that the Allow header lists.",
			"DELETE is not allowed here; GET, HEAD and OPTIONS are."),

	/** There is no such thing. */
	NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such thing", "There is no such path, or no run of this id.",
			"Check the path. A run's id is the id that its start was answered with.",
			"There is no run 01990000-0000-7000-8000-000000000000."),

	/** The client token belongs to a run with other inputs. */
	CLIENT_TOKEN_REUSED(HttpStatus.CONFLICT, "The client token is that of another run",
			"There is a run with this client token and other inputs. A client token stands for one set of inputs, "
					+ "for ever. Nothing was stored.",
			"To ask for the same run again, send the inputs that it was started with. To start another run, send "
					+ "another client token.",
			"The client token belongs to the run /v1/runs/01990000-0000-7000-8000-000000000000, which has other inputs."),

	/** Only a run that has ended can be taken up again. */
	RUN_NOT_ENDED(HttpStatus.CONFLICT, "The run has not ended",
			"Only a run that has ended can be taken up again, and this one has not. Nothing was changed.",
			"Wait until the run has ended, or cancel it first.",
			"The run /v1/runs/01990000-0000-7000-8000-000000000000 is RUNNING."),

	/** A run that has ended cannot be cancelled. */
	RUN_ENDED(HttpStatus.CONFLICT, "The run has ended",
			"The run has ended, so that there is nothing to cancel. Nothing was changed.",
			"Get the run to see how it ended. An image that it has built is deleted in AWS.",
			"The run /v1/runs/01990000-0000-7000-8000-000000000000 is SUCCEEDED."),

	/** There is nothing to do again in a run that succeeded. */
	RUN_SUCCEEDED(HttpStatus.CONFLICT, "The run has succeeded",
			"The run has succeeded, so that there is nothing to do again. Nothing was changed.",
			"To build another image, start another run.",
			"The run /v1/runs/01990000-0000-7000-8000-000000000000 is SUCCEEDED."),

	/** The page token does not belong to the request. */
	INVALID_PAGE_TOKEN(HttpStatus.BAD_REQUEST, "The page token is not valid",
			"The pageToken is not one that this service gave for the same list with the same filters.",
			"Send the nextPageToken of the page before as it was, with the filters of that page; only pageSize may "
					+ "change. Or start again without a pageToken.",
			"The pageToken is not one that was given for these filters."),

	/** The database did not finish the search of a list in time. */
	SEARCH_TIMEOUT(HttpStatus.SERVICE_UNAVAILABLE, "The search took too long",
			"The search for the runs of a list was given up after 2 seconds: its filters leave too many runs to go "
					+ "through, or the database is slow. Nothing was changed.",
			"Add a narrower filter: a name, a recipe, a label, a Region or a status. If the filters are narrow "
					+ "already, repeat the request after the seconds given by Retry-After.",
			"The search took longer than 2 seconds."),

	/** The service has more to do than it can. */
	OVERLOADED(HttpStatus.SERVICE_UNAVAILABLE, "The service is overloaded",
			"The service has more to do than it can. The request was not carried out.",
			"Repeat the request after the seconds given by Retry-After.",
			"There are too many requests at the moment; this one was not carried out."),

	/** The database cannot be had. */
	UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The service is unavailable",
			"The service cannot reach its database. The request was not carried out, and nothing was stored. "
					+ "Runs that were started before go on once the database is back.",
			"Repeat the request after the seconds given by Retry-After.",
			"The database cannot be reached; the request was not carried out."),

	/** The request may have been carried out or not. */
	OUTCOME_UNKNOWN(HttpStatus.SERVICE_UNAVAILABLE, "It is not known whether the request was carried out",
			"The database went away in the middle of the request. The run may have been stored or not.",
			"With a clientToken, repeat the request as it was: a run that was stored is answered with, and none is "
					+ "started twice. Without one, a repeat may start a second run.",
			"The database went away in the middle of the request. It has a clientToken: repeat it as it was.");

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

	/** The type with that name in its path, or nothing. */
	static Optional<ProblemType> named(String name) {
		return Arrays.stream(values()).filter((type) -> type.pathName().equals(name)).findAny();
	}

	/** The problem of this type, for one request. */
	Problem problem(String detail, Map<String, Object> members) {
		return new Problem(path(), this.title, this.status.value(), detail, members);
	}

	/** Where its page is; the {@code type} of its problems. */
	public String path() {
		return "/problems/" + pathName();
	}

	private String pathName() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	public HttpStatus status() {
		return this.status;
	}

	public String title() {
		return this.title;
	}

	/** What has happened, in a sentence or two. */
	public String meaning() {
		return this.meaning;
	}

	/** What a caller can do about it. */
	public String remedy() {
		return this.remedy;
	}

	/** A problem of this type. */
	public Problem example() {
		return problem(this.example, switch (this) {
			case INVALID_REQUEST ->
				Map.of("errors", List.of(Violation.at("/distributions/0/region", "This member is required."),
						Violation.ofParameter("validateOnly", "Must be true or false.")));
			case MALFORMED_JSON -> Map.of("line", 3, "column", 14);
			case CLIENT_TOKEN_REUSED -> Map.of("run", "/v1/runs/01990000-0000-7000-8000-000000000000");
			case RUN_NOT_ENDED ->
				Map.of("run", "/v1/runs/01990000-0000-7000-8000-000000000000", "runStatus", "RUNNING");
			case RUN_ENDED, RUN_SUCCEEDED ->
				Map.of("run", "/v1/runs/01990000-0000-7000-8000-000000000000", "runStatus", "SUCCEEDED");
			case TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE, METHOD_NOT_ALLOWED, NOT_FOUND, INVALID_PAGE_TOKEN,
					SEARCH_TIMEOUT, OVERLOADED, UNAVAILABLE, OUTCOME_UNKNOWN ->
				Map.of();
		});
	}

}
