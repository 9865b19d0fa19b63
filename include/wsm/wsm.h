#pragma once

/// The whole interface. Begin with handler.h and shard_manager.h; the README shows both at work.

#include <wsm/config.h>            // what it may change
#include <wsm/connection_state.h>  // which connection
#include <wsm/error.h>             // what can go wrong, and what to do about it
#include <wsm/event.h>             // what happens meanwhile
#include <wsm/handler.h>           // what an application implements
#include <wsm/logger.h>            // where lines go
#include <wsm/message.h>           // what is received and sent
#include <wsm/metrics.h>           // what is counted
#include <wsm/result.h>            // a value or an error
#include <wsm/shard_manager.h>     // what it drives
#include <wsm/subscription.h>      // what became of a subscription
#include <wsm/types.h>             // ids, durations
#include <wsm/version.h>
