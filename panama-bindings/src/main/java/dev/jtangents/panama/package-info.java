/** One door for each native library: found or not, which version, and why not. */
@NullMarked
package dev.jtangents.panama;

import org.jspecify.annotations.NullMarked;
