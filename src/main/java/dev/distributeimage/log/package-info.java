/** What may stand in the log: texts without control characters. */
@NullMarked
package dev.distributeimage.log;

import org.jspecify.annotations.NullMarked;
