#import <PushKit/PushKit.h>
