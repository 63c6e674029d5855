package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.view.NameHolder;
import dev.distributeimage.run.view.NameHolders;
import dev.distributeimage.workflow.pace.Backoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Creates the distribution configuration. A repeat is harmless: it sends the same token
 * and body, and AWS answers with the existing configuration.
 * <p>
 * If AWS has forgotten the token, it answers that the name is taken. The run adopts the
 * configuration only if an earlier attempt stayed unanswered or may have been lost with a
 * restore, AWS shows every member as it was sent, and no other run of this service has it
 * or may have created it. Otherwise the run fails: names are unique, and another owner's
 * configuration must not be taken over.
 */
record CreateDistributionConfiguration(ImageBuilder imageBuilder, NameHolders nameHolders, Backoff backoff,
		Duration attemptTimeout) implements Step {

	private static final Logger logger = LoggerFactory.getLogger(CreateDistributionConfiguration.class);

	@Override
	public void carryOut(Claim claim) {
		Run run = claim.run();
		NewDistributionConfiguration configuration = new NewDistributionConfiguration(run.id(), run.place(),
				claim.requireInput(), run.tokens().createDistributionConfiguration());
		try {
			run.distributionConfigurationCreated(this.imageBuilder.createDistributionConfiguration(configuration));
		}
		catch (ImageBuilderException ex) {
			if (!ex.isAlreadyExists()) {
				throw ex;
			}
			handleNameTaken(claim, configuration, ex);
		}
	}

	private void handleNameTaken(Claim claim, NewDistributionConfiguration configuration, ImageBuilderException taken) {
		Run run = claim.run();
		String arn = expectedArn(claim);
		if (run.values().uncertainSince() == null) {
			run.callRefused(nameTakenFailure(run, taken, holderForMessage(arn, run)), claim.now());
			return;
		}
		Optional<NameHolder> holder = this.nameHolders.findOther(arn, run.id());
		if (holder.filter(NameHolder::certain).isPresent()) {
			run.callRefused(nameTakenFailure(run, taken, holder), claim.now());
		}
		else if (holder.isPresent() || !claim.hasTimeForACall(this.attemptTimeout)) {
			run.callFailed(nameTakenFailure(run, taken, holder), null, this.backoff.exponential(run), claim.now());
		}
		else {
			adopt(claim, configuration, taken);
		}
	}

	// A first attempt that meets the name always fails, even while the database is away.
	private Optional<NameHolder> holderForMessage(String arn, Run run) {
		try {
			return this.nameHolders.findOther(arn, run.id());
		}
		catch (DataAccessException | TransactionException ex) {
			return Optional.empty();
		}
	}

	private void adopt(Claim claim, NewDistributionConfiguration configuration, ImageBuilderException taken) {
		Run run = claim.run();
		String arn = expectedArn(claim);
		if (isSame(run, arn, configuration)) {
			run.distributionConfigurationCreated(arn);
		}
		else {
			run.callRefused(nameTakenFailure(run, taken, Optional.empty()), claim.now());
		}
	}

	private static String expectedArn(Claim claim) {
		return Objects.requireNonNull(claim.requireInput().distributionConfigurationArnExpected());
	}

	private boolean isSame(Run run, String arn, NewDistributionConfiguration configuration) {
		try {
			return this.imageBuilder.isAsRequested(arn, configuration);
		}
		catch (ImageBuilderException ex) {
			if (ex.remedy() == ImageBuilderException.Remedy.GIVE_UP) {
				Step.warn(logger, run, ex);
				return false;
			}
			throw ex;
		}
	}

	private static Failure nameTakenFailure(Run run, ImageBuilderException taken, Optional<NameHolder> holder) {
		String user = holder
			.map((other) -> other.ofOtherOwner() ? "a run of another owner" : "run %s".formatted(other.id()))
			.map("%s uses this name"::formatted)
			.orElse("no run of this service is known to use this name");
		return new Failure(run.step(), taken.operation(), taken.code(),
				"%s (Names are unique per account and Region, in lower case and with hyphens for spaces and underscores; %s.)"
					.formatted(taken.message(), user),
				taken.requestId());
	}

}
