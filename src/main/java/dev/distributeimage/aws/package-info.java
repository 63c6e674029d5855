/** AWS terms that all packages share: ARNs, partitions, accounts and Regions. */
@NullMarked
package dev.distributeimage.aws;

import org.jspecify.annotations.NullMarked;
