package dev.jtangents.graph.finite;

import dev.jtangents.concurrent.WorkerPool;
import dev.jtangents.tensor.DType;

/** A worker whose tasks use the same memory one after another. */
final class WorkspaceWorker implements WorkerPool.Worker {
    /** What a worker does. */
    @FunctionalInterface
    interface Task {
        /** Runs a task; what it takes from the workspace is taken back afterwards. */
        void run(long task, Workspace workspace);
    }

    private final Workspace workspace;
    private final Task body;

    WorkspaceWorker(DType dtype, Task body) {
        this.workspace = new Workspace(dtype);
        this.body = body;
    }

    /** Runs tasks on the threads of a pool. */
    static void run(WorkerPool pool, long tasks, DType dtype, Task body) {
        pool.run(tasks, () -> new WorkspaceWorker(dtype, body));
    }

    @Override
    public void run(long task) {
        body.run(task, workspace);
        workspace.reset();
    }

    @Override
    public void close() {
        workspace.close();
    }
}
