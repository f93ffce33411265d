/*
 * The system calls that Node has no door to: netlink and packet sockets, poll on them, setns, flock. One function a call,
 * synchronous, on buffers the caller owns. A call answers what the system answered, or -errno. What is sent is none of
 * its business. Node-API only: one binary serves every Node.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <node_api.h>
#include <poll.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_ARGS 6

struct args {
  int32_t number[MAX_ARGS];
  void *bytes[MAX_ARGS];
  size_t length[MAX_ARGS];
};

/* Every argument is a 32-bit integer or a typed array, as `kinds` says: "i" or "b". */
static int read_args(napi_env env, napi_callback_info info, const char *kinds, struct args *a) {
  napi_value value[MAX_ARGS];
  size_t count = MAX_ARGS;
  napi_get_cb_info(env, info, &count, value, NULL, NULL);
  for (size_t i = 0; kinds[i]; i++) {
    napi_typedarray_type type;
    int ok = i < count && (kinds[i] == 'i'
      ? napi_get_value_int32(env, value[i], &a->number[i]) == napi_ok
      : napi_get_typedarray_info(env, value[i], &type, &a->length[i], &a->bytes[i], NULL, NULL) == napi_ok && type == napi_uint8_array);
    if (!ok) {
      napi_throw_type_error(env, NULL, "lvsctl.node: wrong argument");
      return 0;
    }
  }
  return 1;
}

/* CALL(name, kinds, expression): a JavaScript function that answers the expression's value, or -errno for -1. */
#define CALL(name, kinds, expression)                                    \
  static napi_value name##_(napi_env env, napi_callback_info info) {     \
    struct args a = {0};                                                 \
    if (!read_args(env, info, kinds, &a)) return NULL;                   \
    long answer = (expression);                                          \
    if (answer < 0) answer = -errno;                                     \
    napi_value value;                                                    \
    napi_create_int32(env, (int32_t)answer, &value);                     \
    return value;                                                        \
  }
#define INT(i) a.number[i]
#define BYTES(i) a.bytes[i], a.length[i]

static int name_of_socket(int fd, void *address, size_t length) {
  socklen_t size = (socklen_t)length;
  return getsockname(fd, address, &size) < 0 ? -1 : (int)size;
}

static int get_option(int fd, int level, int option, void *value, size_t room, size_t length) {
  socklen_t size = (socklen_t)(length < room ? length : room);
  return getsockopt(fd, level, option, value, &size) < 0 ? -1 : (int)size;
}

static int poll_one(int fd, int events, int timeout_ms) {
  struct pollfd one = {.fd = fd, .events = (short)events};
  int ready = poll(&one, 1, timeout_ms);
  return ready > 0 ? one.revents : ready;
}

/* As many datagrams as there are, one to each slot of the buffer; their true lengths as ints. Answers how many. */
#define MAX_SLOTS 16
static int recv_many(int fd, char *buffer, size_t size, int *lengths, size_t lengths_size, int flags) {
  struct mmsghdr slots[MAX_SLOTS] = {0};
  struct iovec places[MAX_SLOTS];
  size_t count = lengths_size / sizeof *lengths;
  if (count > MAX_SLOTS) count = MAX_SLOTS;
  for (size_t i = 0; i < count; i++) {
    places[i] = (struct iovec){buffer + i * (size / count), size / count};
    slots[i].msg_hdr = (struct msghdr){.msg_iov = &places[i], .msg_iovlen = 1};
  }
  int filled = recvmmsg(fd, slots, (unsigned)count, flags | MSG_TRUNC, NULL);
  for (int i = 0; i < filled; i++) lengths[i] = (int)slots[i].msg_len;
  return filled;
}

CALL(socket, "iii", socket(INT(0), INT(1), INT(2)))
CALL(setsockopt, "iiib", setsockopt(INT(0), INT(1), INT(2), a.bytes[3], (socklen_t)a.length[3]))
CALL(getsockopt, "iiibi", get_option(INT(0), INT(1), INT(2), BYTES(3), (size_t)INT(4)))
CALL(bind, "ib", bind(INT(0), a.bytes[1], (socklen_t)a.length[1]))
CALL(connect, "ib", connect(INT(0), a.bytes[1], (socklen_t)a.length[1]))
CALL(getsockname, "ib", name_of_socket(INT(0), BYTES(1)))
CALL(send, "ibi", send(INT(0), BYTES(1), INT(2)))
CALL(sendto, "ibib", sendto(INT(0), BYTES(1), INT(2), a.bytes[3], (socklen_t)a.length[3]))
CALL(recv, "ibi", recv(INT(0), BYTES(1), INT(2) | MSG_TRUNC)) /* the datagram's length, even where it was cut */
CALL(recvMany, "ibbi", recv_many(INT(0), BYTES(1), BYTES(2), INT(3)))
CALL(poll, "iii", poll_one(INT(0), INT(1), INT(2)))
CALL(setns, "ii", setns(INT(0), INT(1)))
CALL(flock, "ii", flock(INT(0), INT(1)))
CALL(close, "i", close(INT(0)))

NAPI_MODULE_INIT() {
#define EXPORT(name) {#name, NULL, name##_, NULL, NULL, NULL, napi_enumerable, NULL}
  const napi_property_descriptor calls[] = {
    EXPORT(socket), EXPORT(setsockopt), EXPORT(getsockopt), EXPORT(bind), EXPORT(connect), EXPORT(getsockname), EXPORT(send),
    EXPORT(sendto), EXPORT(recv), EXPORT(recvMany), EXPORT(poll), EXPORT(setns), EXPORT(flock), EXPORT(close),
  };
  napi_define_properties(env, exports, sizeof calls / sizeof *calls, calls);
  return exports;
}
