package dev.distributeimage.simulator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.distributeimage.simulator.FailedCopy.Sign;
import org.jspecify.annotations.Nullable;

/**
 * Endings by recipe name: the first of these words that the name contains decides.
 *
 * <pre>
 * fail-build               FAILED while BUILDING, no AMIs
 * fail-test                FAILED while TESTING, no AMIs
 * fail-distribution-empty  FAILED while DISTRIBUTING, no AMIs
 * fail-distribution-again  FAILED while DISTRIBUTING, AMIs in all Regions but the last; once more after RetryImage
 * fail-distribution        FAILED while DISTRIBUTING, AMIs in all Regions but the last; AVAILABLE after RetryImage
 * fail-copy                FAILED while DISTRIBUTING, all AMIs, FAILED ones in the last Region; AVAILABLE after RetryImage
 * fail-unexplained         FAILED while DISTRIBUTING, AMIs in all Regions but the last, no failureContext
 * fail-integration         FAILED while INTEGRATING, all AMIs, a region failure of the last Region
 * cancelled                CANCELLED by another client while BUILDING
 * deprecated               DEPRECATED instead of AVAILABLE
 * disabled                 DISABLED instead of AVAILABLE
 * deleted                  DELETED instead of AVAILABLE
 * gone                     404 instead of AVAILABLE
 * unknown-passing          a status unknown to AWS instead of TESTING, then AVAILABLE
 * unknown-status           a status unknown to AWS from TESTING on, forever
 * no-status                no state from TESTING on, forever
 * stuck                    DISTRIBUTING forever
 * uncancellable            AVAILABLE even if a CancelImageCreation was accepted
 * available                AVAILABLE, the default
 * </pre>
 */
final class NamedEndings {

	private static final String COPY_FAILED = """
			Distribution failed with JobId '0a1b2c3d', status = 'Failed'. 'Not all distribution jobs are completed. \
			1) EC2 Client Error: 'Simulated' when distributing the image to the last Region.'""";

	private static final Map<String, Ending> ENDINGS = endings();

	private NamedEndings() {
	}

	static Set<String> words() {
		return ENDINGS.keySet();
	}

	static Ending get(String word) {
		@Nullable Ending ending = ENDINGS.get(word);
		if (ending == null) {
			throw new IllegalArgumentException("Unknown ending: " + word);
		}
		return ending;
	}

	static Ending of(String recipe) {
		Optional<Map.Entry<String, Ending>> named = ENDINGS.entrySet()
			.stream()
			.filter((entry) -> recipe.contains(entry.getKey()))
			.findFirst();
		return named.map(Map.Entry::getValue).orElseGet(Ending::available);
	}

	private static Map<String, Ending> endings() {
		Ending copyFailed = Ending.failedAt("DISTRIBUTING", COPY_FAILED);
		Ending partly = copyFailed.making(MadeAmis.ALL_BUT_LAST);
		Map<String, Ending> endings = new LinkedHashMap<>();
		endings.put("fail-build",
				Ending.failedAt("BUILDING", "Workflow Execution ID: 'wf-0' failed with reason: Document failed!"));
		endings.put("fail-test", Ending.failedAt("TESTING", "The test 'simulated' has failed."));
		endings.put("fail-distribution-empty", copyFailed);
		endings.put("fail-distribution-again", partly.onRetry(partly));
		endings.put("fail-distribution", partly);
		endings.put("fail-copy",
				copyFailed.making(MadeAmis.ALL)
					.failing(FailedCopies.inTheLastRegion("Simulated", Sign.AMI_STATE, Sign.REGION_FAILURE)));
		endings.put("fail-unexplained", partly.unexplained());
		endings.put("fail-integration",
				Ending.failedAt("INTEGRATING", "Integration failed with JobId '0a1b2c3d', status = 'Failed'.")
					.making(MadeAmis.ALL)
					.failing(FailedCopies.inTheLastRegion("Simulated", Sign.REGION_FAILURE)));
		endings.put("cancelled", Ending.cancelledAt("BUILDING"));
		endings.put("deprecated", Ending.turned("DEPRECATED"));
		endings.put("disabled", Ending.turned("DISABLED"));
		endings.put("deleted", Ending.turned("DELETED"));
		endings.put("gone", Ending.gone());
		endings.put("unknown-passing",
				Ending.available().by("PENDING", "CREATING", "BUILDING", "SIMULATING", "DISTRIBUTING", "INTEGRATING"));
		endings.put("unknown-status", Ending.stuckIn("SIMULATING"));
		endings.put("no-status", Ending.stateless());
		endings.put("uncancellable", Ending.available().ignoringCancel());
		endings.put("available", Ending.available());
		endings.put("stuck", Ending.stuckIn("DISTRIBUTING"));
		return Collections.unmodifiableMap(endings);
	}

}
