/* A pool of threads that wait for work. Large operands are cut into one piece for each thread. */

#include "_native.h"
#include <pthread.h>
#include <unistd.h>

#define SPINS 2000 /* looks for the next job, about 20 us, before a thread goes to sleep */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake, finished;
    int started, wanted, busy; /* workers that run; threads to use; whether a job is under way */
    int spins;
    unsigned generation;
    piece_function function;
    void *job;
    int pieces, pending;
} pool = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 1, 0, 0, 0, NULL, NULL, 0, 0};

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static void *work(void *argument)
{
    int piece = (int)(size_t)argument;
    pthread_mutex_lock(&pool.lock);
    unsigned seen = pool.generation - 1; /* it was started for the job that is under way */
    for (;;) {
        if (pool.generation == seen) {
            pthread_mutex_unlock(&pool.lock);
            for (int spin = 0; spin < pool.spins && __atomic_load_n(&pool.generation, __ATOMIC_ACQUIRE) == seen; spin++) pause_briefly();
            pthread_mutex_lock(&pool.lock);
        }
        while (pool.generation == seen || piece >= pool.pieces) {
            seen = pool.generation;
            pthread_cond_wait(&pool.wake, &pool.lock);
        }
        seen = pool.generation;
        piece_function function = pool.function;
        void *job = pool.job;
        int pieces = pool.pieces;
        pthread_mutex_unlock(&pool.lock);
        function(job, piece, pieces);
        pthread_mutex_lock(&pool.lock);
        if (__atomic_sub_fetch(&pool.pending, 1, __ATOMIC_ACQ_REL) == 0) pthread_cond_signal(&pool.finished);
    }
    return NULL;
}

/* A child process has no workers: it starts its own when it needs them. */
static void after_fork(void)
{
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.wake, NULL);
    pthread_cond_init(&pool.finished, NULL);
    pool.started = pool.busy = pool.pieces = pool.pending = 0;
    pool.generation = 0;
}

void start_threads(void)
{
    pthread_atfork(NULL, NULL, after_fork);
}

void run_pieces(piece_function function, void *job, int pieces)
{
    if (pieces <= 1 || pool.wanted <= 1) {
        function(job, 0, 1);
        return;
    }
    pthread_mutex_lock(&pool.lock);
    if (pieces > pool.wanted) pieces = pool.wanted;
    if (pool.busy) { /* another thread's job, or this kernel was called by a piece of one */
        pthread_mutex_unlock(&pool.lock);
        function(job, 0, 1);
        return;
    }
    pool.busy = 1;
    pool.function = function;
    pool.job = job;
    pool.pieces = 0;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    while (pool.started < pieces - 1) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, work, (void *)(size_t)(pool.started + 1))) break;
        pool.started++;
    }
    pthread_attr_destroy(&attributes);
    if (pieces > pool.started + 1) pieces = pool.started + 1;
    pool.pieces = pieces;
    pool.pending = pieces - 1;
    __atomic_add_fetch(&pool.generation, 1, __ATOMIC_ACQ_REL);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.lock);
    function(job, 0, pieces);
    for (int spin = 0; spin < pool.spins && __atomic_load_n(&pool.pending, __ATOMIC_ACQUIRE); spin++) pause_briefly();
    pthread_mutex_lock(&pool.lock);
    while (pool.pending) pthread_cond_wait(&pool.finished, &pool.lock);
    pool.busy = pool.pieces = 0;
    pthread_mutex_unlock(&pool.lock);
}

int pieces_for(npy_intp count)
{
    npy_intp pieces = count / GRAIN;
    return pieces > MAX_THREADS ? MAX_THREADS : pieces < 1 ? 1 : (int)pieces;
}

void run_parallel(piece_function function, void *job, npy_intp work, npy_intp units)
{
    if (work < 2 * GRAIN) {
        function(job, 0, 1);
        return;
    }
    int pieces = pieces_for(work);
    if (pieces > units) pieces = units < 1 ? 1 : (int)units;
    Py_BEGIN_ALLOW_THREADS
    run_pieces(function, job, pieces);
    Py_END_ALLOW_THREADS
}

int thread_count(void)
{
    return pool.wanted;
}

void set_thread_count(long count)
{
    pool.wanted = count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : (int)count;
    pool.spins = pool.wanted <= sysconf(_SC_NPROCESSORS_ONLN) ? SPINS : 0; /* where threads share processors, waiting would be in the way */
}
