/** Tests of the solvers' parts. */
@NullMarked
package dev.jtangents.predict.solver;

import org.jspecify.annotations.NullMarked;
