/** Benchmarks, one class per question; {@code jmh/README.md} tells how to run them. */
package dev.jtangents.jmh;
