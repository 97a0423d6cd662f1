/**
 * Inference with the kernels of infinitely wide networks: closed forms of gradient descent on the
 * mean squared error, gradient descent on any loss, ensembles of trained networks, Gaussian
 * processes, and the largest learning rate. {@link dev.jtangents.predict.Predict} is the way in.
 *
 * <p>Everything is computed in f64, whatever the type and the strides of the arrays given, and
 * nothing given is modified. Bad input is an {@link dev.jtangents.tensor.InputException}; use after
 * {@code close()} an {@link java.lang.IllegalStateException}. Fits may be shared between threads;
 * the requests made from them are for one thread.
 */
@NullMarked
package dev.jtangents.predict;

import org.jspecify.annotations.NullMarked;
