/** Tests of inference. */
@NullMarked
package dev.jtangents.predict;

import org.jspecify.annotations.NullMarked;
