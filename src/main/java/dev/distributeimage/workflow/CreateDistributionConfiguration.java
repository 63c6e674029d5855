package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Optional;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.view.NameHolder;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.view.Runs;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import dev.distributeimage.workflow.pace.Backoff;

/**
 * Creates the distribution configuration. Carried out twice it sends the same token and
 * body, to which AWS answers with the configuration that is there.
 * <p>
 * Should AWS have forgotten the token, it answers that the name is taken. The
 * configuration is the run's own only if an earlier attempt stayed unanswered, AWS shows
 * every member as it was sent, and no other run here has it or may have made it.
 * Otherwise the run fails: names are unique, and somebody else's configuration is not
 * taken over.
 */
record CreateDistributionConfiguration(ImageBuilder imageBuilder, Runs runs, Backoff backoff,
		Duration attemptTimeout) implements Step {

	@Override
	public void carryOut(Claim claim) {
		Run run = claim.run();
		RunInput input = claim.requireInput();
		NewDistributionConfiguration configuration = new NewDistributionConfiguration(run.region(),
				input.distributionName(), input.distributions(), run.createDistributionConfigurationToken());
		try {
			run.distributionConfigurationCreated(this.imageBuilder.createDistributionConfiguration(configuration));
		}
		catch (ImageBuilderException ex) {
			if (!ex.isAlreadyExists()) {
				throw ex;
			}
			nameTaken(claim, configuration, ex);
		}
	}

	private void nameTaken(Claim claim, NewDistributionConfiguration configuration, ImageBuilderException taken) {
		Run run = claim.run();
		String arn = claim.requireInput().distributionConfigurationArnExpected();
		if (run.unansweredSince() == null) {
			run.callRefused(nameTaken(run, taken, rivalToBeNamed(arn, run)));
			return;
		}
		Optional<NameHolder> rival = this.runs.findRival(arn, run.id());
		if (rival.filter(NameHolder::mayHaveIt).isPresent()) {
			run.callRefused(nameTaken(run, taken, rival));
		}
		else if (rival.isPresent() || !claim.hasTimeForACall(this.attemptTimeout)) {
			run.callFailed(nameTaken(run, taken, rival), Certainty.NOT_CARRIED_OUT,
					this.backoff.exponential(run.attempts() + 1));
		}
		else {
			adopt(run, arn, configuration, taken);
		}
	}

	// A first attempt that meets the name always fails, also when the database is away.
	private Optional<NameHolder> rivalToBeNamed(String arn, Run run) {
		try {
			return this.runs.findRival(arn, run.id());
		}
		catch (DataAccessException | TransactionException ex) {
			return Optional.empty();
		}
	}

	private void adopt(Run run, String arn, NewDistributionConfiguration configuration, ImageBuilderException taken) {
		if (isSame(arn, configuration)) {
			run.distributionConfigurationCreated(arn);
		}
		else {
			run.callRefused(nameTaken(run, taken, Optional.empty()));
		}
	}

	private boolean isSame(String arn, NewDistributionConfiguration configuration) {
		try {
			return this.imageBuilder.hasDistributionConfiguration(arn, configuration);
		}
		catch (ImageBuilderException ex) {
			if (ex.remedy() == ImageBuilderException.Remedy.GIVE_UP) {
				return false;
			}
			throw ex;
		}
	}

	private static Failure nameTaken(Run run, ImageBuilderException taken, Optional<NameHolder> rival) {
		String holder = rival.map((other) -> "run %s has this one".formatted(other.id()))
			.orElse("no run of this service is known to have this one");
		return new Failure(run.step(), taken.operation(), taken.code(),
				"%s (Names are unique per account and Region, in lower case and with hyphens for spaces and underscores; %s.)"
					.formatted(taken.message(), holder),
				taken.requestId());
	}

}
