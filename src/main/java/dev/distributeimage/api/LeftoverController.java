package dev.distributeimage.api;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.audit.AuditTrail;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.intake.LeftoverRemoval;
import dev.distributeimage.run.intake.RemovalResult;
import dev.distributeimage.run.view.Leftover;
import dev.distributeimage.run.view.Leftovers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists what ended runs have left in AWS, and has it removed. */
@RestController
@RequestMapping(path = "/v1/leftovers", produces = MediaType.APPLICATION_JSON_VALUE)
class LeftoverController {

	/** The size of a leftover as shown, in bytes, apart from its failure. */
	private static final long WEIGHT = 1_000;

	private final Leftovers leftovers;

	private final LeftoverRemoval removal;

	private final OwnedRuns owned;

	private final RunLimits limits;

	private final RequestLimiter limiter;

	private final AuditTrail audit;

	LeftoverController(Leftovers leftovers, LeftoverRemoval removal, OwnedRuns owned, RunLimits limits,
			RequestLimiter limiter, AuditTrail audit) {
		this.leftovers = leftovers;
		this.removal = removal;
		this.owned = owned;
		this.limits = limits;
		this.limiter = limiter;
		this.audit = audit;
	}

	/** Lists leftovers, the newest first. */
	@GetMapping
	ListPage<LeftoverView> list(HttpServletRequest request) {
		LeftoverParameters.Query query = LeftoverParameters.of(request,
				this.owned.onlyOwner(Caller.of(request)).orElse(null));
		long before = query.page().follows(Long.MAX_VALUE);
		int size = query.page().size();
		ResponseMemory.of(request).requireToMake(WEIGHT * size);
		// One more than requested tells whether there is a next page.
		List<Leftover> found = this.limiter.limited(WEIGHT * size,
				() -> this.leftovers.list(query.filter(), before, size + 1));
		return ListPage.of(query.page(), found.subList(0, Math.min(found.size(), size)), found.size() > size,
				Leftover::number, LeftoverView::of);
	}

	/** Removes a leftover, or says what its removal would do. */
	@PostMapping("/{id}/remove")
	ResponseEntity<Object> remove(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) {
		boolean validateOnly = QueryParameters.of(request, Set.of("validateOnly")).isTrue("validateOnly");
		if (validateOnly) {
			return planned(id, request, response);
		}
		return this.limiter.limited(() -> {
			UUID leftover = visible(id, request).id();
			RemovalResult result = accepted(this.removal.request(leftover, Requester.of(request)));
			return (result instanceof RemovalResult.Removed removed)
					? ResponseEntity.ok(LeftoverView.of(removed.leftover()))
					: ResponseEntity.status(HttpStatus.ACCEPTED)
						.body(LeftoverView.of(((RemovalResult.Requested) result).leftover()));
		});
	}

	/** Responds as {@code POST /v1/leftovers/{id}/remove?validateOnly=true} does. */
	@PostMapping("/{id}/remove/validate")
	ResponseEntity<Object> validate(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) {
		QueryParameters.of(request, Set.of());
		return planned(id, request, response);
	}

	private ResponseEntity<Object> planned(String id, HttpServletRequest request, HttpServletResponse response) {
		this.limits.validation(Caller.of(request), response);
		return this.limiter.limited(() -> {
			Leftover leftover = visible(id, request);
			accepted(this.removal.plan(leftover.id()));
			this.audit.note(AuditEvent.validated(Requester.of(request), leftover.run()));
			return ResponseEntity.ok(PlannedRemoval.of(leftover));
		});
	}

	// An isolated caller sees only leftovers of its own runs.
	private Leftover visible(String id, HttpServletRequest request) {
		Leftover leftover = RunPath.idIfAny(id).flatMap(this.leftovers::find).orElseThrow(LeftoverController::notFound);
		Optional<String> owner = this.owned.onlyOwner(Caller.of(request));
		if (owner.isPresent() && !owner.get().equals(leftover.owner())) {
			throw notFound();
		}
		return leftover;
	}

	private static RemovalResult accepted(Optional<RemovalResult> answer) {
		RemovalResult result = answer.orElseThrow(LeftoverController::notFound);
		if (result instanceof RemovalResult.NotRemovable kept) {
			String command = Objects.requireNonNull(LeftoverView.command(kept.leftover()));
			throw new ProblemException(ProblemType.NOT_REMOVABLE,
					"The service does not remove AMIs. If nobody needs it: " + command, Map.of("command", command));
		}
		if (result instanceof RemovalResult.OtherAccount other) {
			throw ProblemException.otherAccount(other.account());
		}
		return result;
	}

	private static ProblemException notFound() {
		return new ProblemException(ProblemType.NOT_FOUND, "There is no leftover with this id.");
	}

}
