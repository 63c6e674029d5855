/** Reports, as one sentence, why the service does not start. */
@NullMarked
package dev.distributeimage.startup;

import org.jspecify.annotations.NullMarked;
